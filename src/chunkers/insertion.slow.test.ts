import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { chunkerMembers, createChunker } from './mod.ts';

for (const member of chunkerMembers.filter((each) => each.contentDefined)) {
  const { name, contentDefined, parameters } = member;
  unless(test, lackOfTime())(`${name}: an inserted byte moves few cuts`, () => {
    assert.ok(contentDefined);
    const average = parameters.find((parameter) => parameter.name === 'avg');
    // seqcdc, repmax and maxcdc have no parameter for the mean.
    const small = average ? `avg=${Math.max(1024, average.minimum ?? 0)}` : 'min=512';
    const chunker = createChunker(`${name}:${small}`);
    const bytes = noise(400_000, 5);
    const before = chunker.lengths(new MemorySource(bytes));
    const known = new Set([...offsets(before), ...offsets(before.toReversed()).map((cut) => -cut)]);
    for (const at of [0, 1, 777, 200_000, 399_999]) {
      const edited = new Uint8Array([...bytes.subarray(0, at), 0x55, ...bytes.subarray(at)]);
      const after = offsets(chunker.lengths(new MemorySource(edited)));
      // A cut is old when it stood at the same distance from the start or from the end.
      const moved = after.filter((cut) => !known.has(cut) && !known.has(cut - edited.length));
      // Cuts fall into step again within a few chunks; of several hundred, at most 16 may be new.
      assert.ok(moved.length <= 16, `${moved.length} cuts moved by a byte at ${at}`);
      assert.ok(after.length > 100, `${after.length} cuts`);
    }
  });
}

/** Ends of the chunks, counted from the start. */
function offsets(lengths: Float64Array): readonly number[] {
  let offset = 0;
  return Array.from(lengths, (length) => {
    offset += length;
    return offset;
  });
}

test.run();
