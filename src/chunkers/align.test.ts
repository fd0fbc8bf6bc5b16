import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { chunkerMembers, createChunker } from './mod.ts';
import { divide } from './segments.ts';

const KIB = 1024;
const bytes = noise(3_000_001, 7);
const source = new MemorySource(bytes);

function startsOf(lengths: Float64Array): readonly number[] {
  let start = 0;
  return Array.from(lengths, (length) => {
    start += length;
    return start - length;
  });
}

for (const { name, contentDefined } of chunkerMembers) {
  test(`${name}: ${contentDefined ? 'every chunk starts at a multiple' : 'no modifier'}`, () => {
    const id = `${name}:align=4KiB`;
    if (!contentDefined) {
      assert.throws(() => createChunker(id), /no parameter 'align'/);
      return;
    }
    const starts = startsOf(createChunker(id).lengths(source));
    assert.ok(starts.length > 1);
    assert.equal(
      starts.filter((start) => start % (4 * KIB) !== 0),
      [],
    );
  });
}

test('a chunk ends at the multiple after the cut of the chunker from the same start', () => {
  const [plain, aligned] = ['', ',align=4KiB'].map((more) => createChunker(`xet:avg=16KiB${more}`));
  const lengths = aligned!.lengths(source);
  for (const [chunk, start] of startsOf(lengths).entries()) {
    const [first] = plain!.lengths(new MemorySource(bytes.subarray(start)));
    const expected = Math.min(Math.ceil(first! / 4096) * 4096, bytes.length - start);
    assert.is(lengths[chunk], expected, `chunk at ${start}`);
  }
});

test('ids without it stay what they were', () => {
  const plain = createChunker('fastcdc:avg=64KiB').id;
  assert.is(plain, 'fastcdc:min=16KiB,avg=64KiB,max=256KiB,nc=1,seed=0x0');
  assert.is(createChunker('fastcdc:avg=64KiB,align=1').id, plain);
  const aligned = createChunker('fastcdc:avg=64KiB,align=4KiB').id;
  assert.is(aligned, `${plain},align=4KiB`);
  assert.is(createChunker(aligned).id, aligned);
});

test('what is no power of two, or too much, is refused', () => {
  for (const align of ['3', '4095', '2MiB', '0']) {
    assert.throws(
      () => createChunker(`fastcdc:align=${align}`),
      (error: Error) => error instanceof UsageError && /power of two|give/.test(String(error)),
    );
  }
});

test('segments of a stream begin where chunks can', () => {
  const segments = divide(100_000_001, 3, createChunker('fastcdc:avg=16KiB,align=64KiB'));
  assert.ok(segments.length > 2);
  assert.is(segments.at(-1)!.to, 100_000_001);
  for (const [index, { from }] of segments.entries()) {
    assert.is(from % (64 * KIB), 0);
    assert.is(from, index === 0 ? 0 : segments[index - 1]!.to);
  }
});

test.run();
