import fc from 'fast-check';
import { octal, part, pax } from './evil.ts';

/**
 * Archives that are well formed in every dialect: v7, ustar with prefix, PAX, GNU; each entry in one of the ways that
 * there are to say it. Paths are unique.
 */

/** Bytes that are legal in names and easily mistaken: space, backslash, line end, no UTF-8, decomposed letters. */
const letter = fc.constantFrom(
  'a',
  'B',
  '7',
  '.',
  '-',
  ' ',
  '\\',
  '\n',
  '\xff',
  '\xe9',
  'e\xcc\x81',
  '%',
);
const word = fc
  .array(letter, { minLength: 1, maxLength: 12 })
  .map((letters) => `n${letters.join('')}`);
const long = fc.integer({ min: 101, max: 250 }).map((length) => 'l'.repeat(length));

interface Facts {
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds; and nanoseconds, which PAX alone can say. */
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly way: 'ustar' | 'pax' | 'gnu';
  readonly kind: '0' | '0' | '5' | '1' | '2' | '3' | '4' | '6' | 'S';
  readonly content: string;
  readonly link: string;
  readonly xattr: string;
  readonly extents: readonly number[];
}

const facts: fc.Arbitrary<Facts> = fc.record({
  name: fc.oneof(word, word, long),
  mode: fc.nat(0o7777),
  uid: fc.oneof(fc.nat(1000), fc.constantFrom(0o7777777, 0o10000000, 2 ** 32 - 2)),
  gid: fc.nat(0o7777777),
  seconds: fc.oneof(fc.nat(2 ** 31), fc.constantFrom(0, 2 ** 33, 1_700_000_000)),
  nanoseconds: fc.constantFrom(0, 0, 500_000_000, 123_456_789, 1),
  way: fc.constantFrom('ustar', 'pax', 'gnu'),
  kind: fc.constantFrom('0', '0', '5', '1', '2', '3', '4', '6', 'S'),
  content: fc.constantFrom('', 'x', 'hello', 'y'.repeat(511), 'z'.repeat(512), 'w'.repeat(1025)),
  link: fc.oneof(word, long),
  xattr: fc.constantFrom('', '', 'value', '\0=\xff\n'),
  // Blocks of hole and of data, in turns.
  extents: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 14 }),
});

/** A number in base 256, as GNU writes what does not fit. */
function base256(value: number, length: number): string {
  const bytes = Array.from({ length }, (_, index) =>
    String.fromCharCode(Math.floor(value / 256 ** (length - 1 - index)) % 256),
  );
  bytes[0] = '\x80';
  return bytes.join('');
}

const number = (value: number, length: number): string =>
  value < 8 ** (length - 1) ? octal(value, length) : base256(value, length);

/** One entry in the way it asks for; where that way cannot say it, in PAX. `earlier` is a file to link to. */
function entry(one: Facts, earlier: string | undefined): readonly string[] {
  const kind = one.kind === '1' && earlier === undefined ? '0' : one.kind;
  if (kind === 'S') return sparse(one);
  const name = kind === '5' ? `${one.name}/` : one.name;
  const link = kind === '1' ? earlier! : kind === '2' ? one.link : '';
  const isDevice = kind === '3' || kind === '4';
  const raw = {
    ...owner(one),
    ...(isDevice ? { 329: octal(one.mode & 0xff, 8), 337: octal(one.gid & 0xff, 8) } : {}),
  };
  const content = kind === '0' ? one.content : '';
  const header = { type: kind, content, mode: one.mode, raw };
  if (one.way === 'gnu') {
    return [
      ...(name.length > 100 ? [gnuLong('L', name)] : []),
      ...(link.length > 100 ? [gnuLong('K', link)] : []),
      part({ ...header, name: name.slice(0, 100), link: link.slice(0, 100), magic: 'ustar  \0' }),
    ];
  }
  const prefixed = one.way === 'ustar' && name.length <= 100 && name.length > 1;
  if (prefixed && link.length <= 100) {
    return [part({ ...header, name, link, raw: { ...raw, 345: 'pre/fix' } })];
  }
  const records = { ...precise(one), path: name, ...(link === '' ? {} : { linkpath: link }) };
  return [pax(records), part({ ...header, name: 'short', link: 'short' })];
}

function owner({ uid, gid, seconds }: Facts): Record<number, string> {
  return { 108: number(uid, 8), 116: number(gid, 8), 136: number(seconds, 12) };
}

function precise({ uid, seconds, nanoseconds, xattr }: Facts): Record<string, string> {
  // Said first: names below are bytes, and not UTF-8 that a reader may convert.
  const fraction = nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0')}`;
  return {
    hdrcharset: 'BINARY',
    uid: String(uid),
    mtime: `${seconds}${fraction}`,
    ...(xattr === '' ? {} : { 'SCHILY.xattr.user.x': xattr }),
  };
}

const gnuLong = (type: 'K' | 'L', text: string): string =>
  part({ name: '././@LongLink', type, content: `${text}\0`, magic: 'ustar  \0' });

/** Old GNU form, or one of the three of PAX. */
function sparse(one: Facts): readonly string[] {
  const map: (readonly [offset: number, length: number])[] = [];
  let offset = 0;
  for (let index = 0; index + 1 < one.extents.length; index += 2) {
    offset += one.extents[index]! * 512;
    map.push([offset, one.extents[index + 1]! * 512]);
    offset += one.extents[index + 1]! * 512;
  }
  const size = offset + (one.extents.length % 2) * 512;
  if (size > offset) map.push([size, 0]);
  const content = map
    .map(([at, length]) => String.fromCharCode(65 + (at % 26)).repeat(length))
    .join('');
  const header = { content, mode: one.mode, raw: owner(one) };
  const { way, mode } = one;
  const common = { ...precise(one), 'GNU.sparse.name': one.name };
  if (way === 'gnu' && map.length <= 4 && one.name.length <= 100) {
    const extents = map.map(([at, length]) => octal(at, 12) + octal(length, 12)).join('');
    const raw = { ...header.raw, 386: extents, 483: octal(size, 12) };
    return [part({ ...header, name: one.name, type: 'S', magic: 'ustar  \0', raw })];
  }
  if (mode % 2 === 0) {
    const records = {
      ...common,
      'GNU.sparse.size': String(size),
      // GNU tar wants the number before the map.
      'GNU.sparse.numblocks': String(map.length),
      'GNU.sparse.map': map.map((extent) => extent.join(',')).join(','),
    };
    return [pax(records), part({ ...header, name: 'short' })];
  }
  const lines = `${[map.length, ...map.flat()].join('\n')}\n`;
  const lead = lines.padEnd(Math.ceil(lines.length / 512) * 512, '\0');
  const version = {
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.realsize': String(size),
  };
  return [
    pax({ ...common, ...version }),
    part({ ...header, name: 'short', content: lead + content }),
  ];
}

/** The parts of an archive of up to a dozen entries. */
export const wellFormed: fc.Arbitrary<readonly string[]> = fc
  .uniqueArray(facts, { minLength: 1, maxLength: 12, selector: ({ name }) => name })
  .map((list) => {
    let earlier: string | undefined;
    return list.flatMap((one) => {
      const parts = entry(one, earlier);
      if (one.kind === '0' && one.way !== 'ustar') earlier = one.name;
      return parts;
    });
  });
