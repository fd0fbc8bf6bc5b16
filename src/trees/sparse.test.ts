import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../limits.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { readParts as read, refuses, withLimits } from '../testing/archives.ts';
import { archive, octal, part, pax } from '../testing/evil.ts';
import { sparseFiles } from '../testing/heavy-archives.ts';
import { contentSource } from './content.ts';
import { applyLayers } from './layers.ts';
import { joinSegments, moveSegments } from './segments.ts';
import { readTar, type TarEntry } from './tar.ts';

type Records = Readonly<Record<string, string>>;

/** Records of a sparse file without what every keyword begins with. */
const gnu = (records: Records): string =>
  pax(
    Object.fromEntries(Object.entries(records).map(([key, value]) => [`GNU.sparse.${key}`, value])),
  );

/** An entry of 10 stored bytes with these records; and one after it, which must be found. */
function entryOf(records: Records, content = 'x'.repeat(10)): TarEntry {
  const { entries } = read(gnu(records), part({ content }), part({ name: 'after' }));
  assert.is(entries[1]!.path, 'after');
  return entries[0]!;
}

const listed = (records: Records): TarEntry => entryOf({ size: '15', map: '0,5,10,5', ...records });
const LISTED = [
  { source: 0, offset: 1536, length: 5 },
  { source: -1, offset: 0, length: 5 },
  { source: 0, offset: 1541, length: 5 },
];

test('a map in the header is read whatever version of 0 is said, and either name of the size', () => {
  const versions: readonly Records[] = [
    {},
    { major: '0', minor: '0' },
    { major: '0', minor: '1' },
    { numblocks: '2' },
    { numblocks: '0002', realsize: '15' },
    { size: `${'0'.repeat(30)}15` },
  ];
  for (const records of versions) assert.equal([...listed(records).segments], LISTED);
  const { size, segments } = entryOf({ realsize: '15', map: '0,5,10,5' });
  assert.equal([size, [...segments]], [15, LISTED]);
});

test('forms that are not known are refused by name, never read as the bytes that are stored', () => {
  for (const [major, minor] of ['1.1', '2.0', '0.2', '01.0', '1.00'].map((one) => one.split('.'))) {
    const records = { major: major!, minor: minor!, realsize: '15' };
    const says = new RegExp(`its version is ${major}\\.${minor}, which is not known here`);
    refuses(() => entryOf(records), says);
    refuses(() => listed(records), says);
  }
  refuses(() => entryOf({ major: '1', realsize: '15' }), /its version is 1\.\?/);
  refuses(() => entryOf({ minor: '0', realsize: '15' }), /its version is \?\.0/);
  for (const records of [
    { realsize: '15' },
    { size: '15' },
    { numblocks: '2' },
    { numblocks: '2', size: '15', name: 'n' },
    { major: '0', minor: '0', size: '15' },
    { major: '0', minor: '1', realsize: '15', numblocks: '1' },
  ]) {
    refuses(() => entryOf(records), /sparse file: it has no map/);
  }
  for (const keyword of ['SUN.holesdata', 'SCHILY.realsize']) {
    refuses(() => read(pax({ [keyword]: '15' }), part()), new RegExp(`${keyword} says where`));
  }
  const star = part({ type: 'S', raw: { 483: octal(600, 12) } });
  refuses(() => read(star), /its header is none of GNU tar/);
});

test('a name alone makes no sparse file; no extents at all make one hole', () => {
  assert.equal([entryOf({ name: 'n' }).path, entryOf({ name: 'n' }).size], ['n', 10]);
  for (const records of [{ numblocks: '0' }, { map: '' }, { numblocks: '0', map: '' }]) {
    const { segments } = entryOf({ size: '30', ...records }, '');
    assert.equal([...segments], [{ source: -1, offset: 0, length: 30 }]);
    assert.is(segments.length, 1);
  }
  const nothing = entryOf({ size: '0', map: '' }, '');
  assert.equal([nothing.size, nothing.segments.length, [...nothing.segments]], [0, 0, []]);
});

test('sizes and counts that contradict one another are refused', () => {
  refuses(() => listed({ realsize: '16' }), /it says two sizes, 15 and 16/);
  refuses(() => listed({ numblocks: '3' }), /it says 3 extents and lists 2/);
  refuses(() => listed({ numblocks: '1' }), /it says 1 extents and lists 2/);
  refuses(() => entryOf({ map: '0,10' }), /it says no size/);
  for (const size of ['-15', '+15', '15 ', '0x15', '1e1', '9007199254740993', '']) {
    refuses(() => entryOf({ map: '0,5,10,5', size }), /is no number|no size/);
  }
});

/**
 * Readers of the same map in all places where it can be; of old GNU headers, what fits without more blocks.
 *
 * @param map `offset,length,offset,length…`
 */
function mapped(map: string, size: number, stored = 10): readonly (() => unknown)[] {
  const numbers = map.split(',').map(Number);
  const count = numbers.length / 2;
  const content = 'x'.repeat(stored);
  const lines = `${[count, ...numbers].join('\n')}\n`;
  const version = { major: '1', minor: '0', realsize: String(size) };
  const lead = lines.padEnd(Math.ceil(lines.length / 512) * 512, '\0');
  const raw = {
    386: numbers.map(number).join(''),
    483: number(size),
  };
  return [
    () => entryOf({ size: String(size), map }, content),
    () => entryOf(version, lead + content),
    ...(count > 4
      ? []
      : [() => read(part({ type: 'S', magic: 'ustar  \0', content, raw }), part())]),
  ];
}

function allRead(...args: Parameters<typeof mapped>): void {
  for (const reader of mapped(...args)) reader();
}

function allRefuse(says: RegExp, ...args: Parameters<typeof mapped>): void {
  for (const reader of mapped(...args)) refuses(reader, says);
}

/** A field of 12 bytes, in base 256. */
function number(value: number): string {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(value), 4);
  bytes[0] = 0x80;
  return bytes.toString('latin1');
}

test('maps that overlap, go back, pass the end or overflow are refused in every form', () => {
  const end = limits.layerBytes;
  allRead('0,5,10,5', 15);
  allRead('0,5,5,5', 10);
  allRead(`0,5,10,5,${end},0`, end);
  const far = Number.MAX_SAFE_INTEGER;
  for (const [map, size] of [
    ['0,5,4,5', 15],
    ['10,5,0,5', 15],
    ['0,5,10,5', 14],
    ['0,10,16,0', 15],
    ['5,5,4,0,20,5', 30],
    [`${far},${far}`, far],
    [`${far - 4},5,${far},5`, far],
    [`0,${far},0,10`, far],
    [`1,${far}`, far],
  ] as const) {
    allRefuse(/extents overlap or pass its end/, map, size);
  }
  for (const stored of [9, 11]) {
    allRefuse(/stores \d+ bytes but maps 10/, '0,5,10,5', 15, stored);
  }
});

test('a map before the data holds numbers and newlines, and is whole', () => {
  const version = { major: '1', minor: '0', realsize: '15' };
  const lead = (map: string): unknown =>
    entryOf(version, `${map.padEnd(512, '\0')}${'x'.repeat(10)}`);
  lead('2\n0\n5\n10\n5\n');
  lead(`${'0'.repeat(100)}2\n0\n5\n10\n5\nwhat follows is padding`);
  for (const map of [
    '2\n0\n5\n10\n-5\n',
    '2\n0\n5\n10\n 5\n',
    '2\n0\n\n10\n5\n',
    '\n',
    'x\n',
    '',
  ]) {
    refuses(() => lead(map), /its map has what is no number/);
  }
  refuses(() => lead(`1\n0\n${'9'.repeat(17)}\n`), /its map has what is no number/);
  refuses(() => entryOf(version, '2\n0\n5\n10\n5\n'), /its map is cut/);
  refuses(() => entryOf(version, `200\n${'0\n'.repeat(254)}`), /its map is cut/);
  refuses(() => entryOf(version, ''), /its map is cut/);
});

test('extents are as many as the limit, and not one more, empty ones too', async () => {
  const map = (count: number): string =>
    Array.from({ length: count }, (_, index) => `${2 * index},${index < 10 ? 1 : 0}`).join();
  await withLimits({ sparseExtents: 20 }, () => {
    for (const count of [19, 20]) {
      allRead(map(count), 100);
      readTar(new MemorySource(oldGnu(count)));
    }
    const says = /it has 21 extents, more than 20/;
    allRefuse(says, map(21), 100);
    refuses(() => readTar(new MemorySource(oldGnu(21))), says);
  });
});

const oldGnu = (count: number): Uint8Array => {
  const extent = (index: number): string => number(2 * index) + number(1);
  const many = (from: number, to: number): string =>
    Array.from({ length: Math.max(0, Math.min(to, count) - from) }, (_, n) =>
      extent(from + n),
    ).join('');
  const blocks: string[] = [];
  for (let from = 4; from < count; from += 21) {
    blocks.push(
      `${many(from, from + 21).padEnd(504, '\0')}${from + 21 < count ? '\x01' : '\0'}`.padEnd(
        512,
        '\0',
      ),
    );
  }
  const raw = { 386: many(0, 4), 482: count > 4 ? '\x01' : '\0', 483: number(2 * count) };
  const content = blocks.join('') + 'x'.repeat(count);
  return archive(part({ type: 'S', magic: 'ustar  \0', size: count, content, raw }));
};
const leading = (count: number): Uint8Array =>
  new Uint8Array(Buffer.concat([...sparseFiles(1, count)]));

for (const [form, make] of Object.entries({ 'old GNU': oldGnu, 'PAX 1.0': leading })) {
  test(`${form}: every extent is where the map says, for any number of them`, () => {
    for (const count of [1, 3, 4, 5, 24, 25, 26, 1000]) {
      const tree = applyLayers([new MemorySource(make(count))]);
      const { inode } = tree.entries[1]!;
      assert.is(inode.segments.length, 2 * count);
      assert.is([...inode.segments].length, 2 * count);
      assert.equal(
        readAll(contentSource(tree, inode)),
        new Uint8Array(Buffer.from('x\0'.repeat(count))),
      );
    }
  });

  test(`${form}: a map is read once, and its extents take at most 100 bytes each`, () => {
    for (const count of [1000, 10_000, 100_000]) {
      const bytes = make(count);
      const source = new CountingSource(bytes);
      const before = process.memoryUsage().arrayBuffers;
      const { entries } = readTar(source);
      const taken = process.memoryUsage().arrayBuffers - before;
      // Windows of 32 KiB: of headers, and of the map.
      assert.ok(source.bytesRead <= bytes.length + 3 * 32_768, `${source.bytesRead} bytes read`);
      assert.ok(taken <= 100 * count + 3 * 32_768, `${taken / count} bytes an extent`);
      assert.is(entries[0]!.segments.length, 2 * count);
    }
  });
}

/** Knows how many bytes were read of it. */
class CountingSource extends MemorySource {
  bytesRead = 0;

  override read(offset: number, into: Uint8Array): void {
    this.bytesRead += into.length;
    super.read(offset, into);
  }
}

test('segments move to other sources, and join, as lists do', () => {
  const { segments } = listed({});
  const moved = LISTED.map((one) => (one.source < 0 ? one : { ...one, source: one.source + 3 }));
  assert.equal([...moveSegments(segments, 3)], moved);
  assert.equal([...moveSegments([...segments], 3)], moved);
  assert.equal([...segments], LISTED);
  const joined = joinSegments(segments, [{ source: 1, offset: 0, length: 9 }]);
  assert.is(joined.length, 4);
  assert.equal([...moveSegments(joined, 3)], [...moved, { source: 4, offset: 0, length: 9 }]);
});

test.run();
