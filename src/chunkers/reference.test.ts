import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PluginError, SkippedError } from '../errors.ts';
import { limits } from '../limits.ts';
import { seeded } from '../stats/random.ts';
import { MemorySource } from '../streams/source.ts';
import { misbehavingMembers, slowMember } from '../testing/slow-chunker.ts';
import { checkedLengths } from './checked.ts';
import { isCutByReference } from './chunker.ts';
import { chunkerMembers, createChunker, lengthsOfMany } from './mod.ts';
import { splitByReference } from './reference.ts';
import { cutSegment, divide, joinSegments } from './segments.ts';

const members = [...chunkerMembers, slowMember];
const ID = 'slow:min=20,max=300';
const algorithm = slowMember.algorithm({ min: 20, max: 300 });

/** By the definition alone, nothing of ours around it. */
function cutsOf(bytes: Uint8Array): readonly number[] {
  const lengths: number[] = [];
  for (let start = 0; start < bytes.length; start += lengths.at(-1)!) {
    lengths.push(algorithm.reference(bytes, start));
  }
  return lengths;
}

test('every member of the table has a kernel, or needs none', () => {
  for (const { name } of chunkerMembers) {
    assert.not.ok(isCutByReference(createChunker(name).algorithm!), name);
  }
});

test('a member with a reference and no kernel is cut by its reference, on 50 random inputs', () => {
  const chunker = createChunker(ID, { members });
  assert.ok(isCutByReference(chunker.algorithm!));
  const random = seeded(5);
  for (let input = 0; input < 50; input++) {
    const bytes = Uint8Array.from({ length: 5000 * random() }, () => 256 * random());
    const source = new MemorySource(bytes);
    const want = cutsOf(bytes);
    assert.equal([...chunker.lengths(source)], want);
    assert.equal([...checkedLengths(chunker, source)], want);
    const swept = lengthsOfMany([createChunker('xet'), chunker, createChunker('xet')], source);
    assert.equal([...swept[1]!], want);
    if (input >= 2) assert.ok(want.length > 1 || bytes.length < 300);
  }
});

test('its streams are not divided among threads, and segments of it join all the same', () => {
  const chunker = createChunker(ID, { members });
  const random = seeded(6);
  const bytes = Uint8Array.from({ length: 60_000 }, () => 256 * random());
  const source = new MemorySource(bytes);
  assert.equal(divide(1 << 30, 8, chunker), [{ from: 0, to: 1 << 30 }]);
  const whole = [cutSegment(chunker, source, { from: 0, to: bytes.length })];
  assert.equal([...joinSegments(chunker, source, whole)], cutsOf(bytes));
});

for (const [member, says] of misbehavingMembers) {
  test(`a reference that ${member.title} is a PluginError that says so`, () => {
    assert.throws(
      () => createChunker(member.name, { members: [member] }),
      (error: Error) =>
        error instanceof PluginError &&
        error.message.includes(`chunker '${member.name}'`) &&
        says.test(error.message),
      String(says),
    );
  });
}

test('a wrong answer that only a long stream meets is named as well', () => {
  const late = {
    ...slowMember,
    algorithm: () => ({
      ...algorithm,
      reference: (bytes: Uint8Array, start: number) =>
        start > 200_000 ? 0 : algorithm.reference(bytes, start),
    }),
  };
  const chunker = createChunker(ID, { members: [late] });
  const random = seeded(7);
  const bytes = Uint8Array.from({ length: 300_000 }, () => 256 * random());
  assert.throws(
    () => chunker.lengths(new MemorySource(bytes)),
    (error: Error) =>
      error instanceof PluginError &&
      /chunker 'slow:min=20,max=300' failed: its reference gave a chunk a length of 0/.test(
        error.message,
      ) &&
      Number(error.where.offset) > 200_000,
  );
});

test('a member outside the tested table is held to its contract once an id', () => {
  let asked = 0;
  const counted = {
    ...slowMember,
    algorithm: () => ({
      ...algorithm,
      reference: (bytes: Uint8Array, start: number) => {
        asked++;
        return algorithm.reference(bytes, start);
      },
    }),
  };
  createChunker('slow:min=21,max=301', { members: [counted] });
  const first = asked;
  assert.ok(first > 0);
  createChunker('slow:min=21,max=301', { members: [counted] });
  assert.is(asked, first);
});

test('a stream is cut by a reference up to limits.referenceBytes', () => {
  const most = limits.referenceBytes;
  const source = (length: number): { readonly length: number; read(): void } => ({
    length,
    read: () => {},
  });
  const whole = { ...algorithm, longest: Infinity, reference: (bytes: Uint8Array) => bytes.length };
  for (const length of [most - 1, most]) {
    assert.equal([...splitByReference(whole, source(length))], [length]);
  }
  assert.throws(
    () => splitByReference(whole, source(most + 1)),
    (error: Error) => error instanceof SkippedError && /512MiB/.test(error.message),
  );
});

test.run();
