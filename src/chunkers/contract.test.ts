import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PluginError } from '../errors.ts';
import { resolve } from '../ids.ts';
import { MemorySource } from '../streams/source.ts';
import { algorithmOf, allChunkerSets, chunkerSets } from '../testing/chunker-sets.ts';
import { failingChunkers, failingKernels, subtlyFailingChunkers } from '../testing/failing.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { checkedLengths } from './checked.ts';
import { contractFaults } from './contract.ts';
import { testedChunkers } from './first-use.ts';
import { chunkerMembers, createChunker } from './mod.ts';
import { split } from './split.ts';

/** Lengths at which a rule sets in, and what lies around them. */
function edges(id: string): readonly number[] {
  const { values } = resolve('chunker', chunkerMembers, id);
  const { shortest, longest, kernel } = algorithmOf(id);
  // Hexadecimal values, which are no sizes, are words.
  const near = [...Object.values(values), shortest, longest, kernel?.reach ?? 0]
    .filter((value) => typeof value === 'number' && value > 9 && value < 1 << 20)
    .flatMap((size) => [-1, 0, 1, 2].map((step) => Number(size) + step));
  return [...new Set([0, 1, 2, 3, ...near])];
}

test('every member has parameter sets here', () => {
  for (const { name } of chunkerMembers) assert.ok((chunkerSets[name] ?? []).length > 0, name);
});

test('the members that are not checked on first use are those that are checked here', () => {
  assert.equal([...testedChunkers].toSorted(), Object.keys(chunkerSets).toSorted());
  for (const { name, heldAgainst } of chunkerMembers) assert.ok(heldAgainst, name);
});

/** Sets whose definitions, which hash every window anew, take long at the longest edges; other sets of the members do not. */
const LONG = new Set([
  'tttd:avg=1KiB',
  'tttd:min=100,avg=4KiB,max=1001',
  'borg:avg=1KiB',
  'borg:min=64,avg=4KiB,seed=0xdecaf',
]);
const slow = unless(test, lackOfTime());

for (const id of allChunkerSets) {
  const algorithm = algorithmOf(id);
  const create = (blockBytes?: number): ReturnType<typeof createChunker> =>
    createChunker(id, blockBytes === undefined ? {} : { blockBytes });
  const faultsOn = (bytes: Uint8Array, blocks: readonly number[]): readonly string[] =>
    contractFaults(create, algorithm, bytes, blocks);

  (LONG.has(id) ? slow : test)(`${id} keeps the contract at every edge of its rules`, () => {
    for (const length of edges(id)) {
      assert.equal(faultsOn(noise(length, length), [1, 7]), [], `${length} bytes`);
    }
  });

  slow(`${id} keeps the contract on noise, zeros and 0xff, in blocks of any size`, () => {
    const near = Number.isFinite(algorithm.longest) ? algorithm.longest : 1 << 16;
    const blocks = [1, 2, 13, 1009, 65537, near - 1, near, near + 1].filter((block) => block > 0);
    // Three of the longest chunks: one byte over and over is cut alike ever after.
    const length = Math.min(20_000, 3 * algorithm.longest);
    const inputs = [noise(30_011), new Uint8Array(length), new Uint8Array(length).fill(0xff)];
    for (const bytes of inputs) assert.equal(faultsOn(bytes, blocks), []);
  });

  test(`${id} states all it depends on in its id`, () => {
    const again = createChunker(create().id);
    assert.is(again.id, create().id);
    const source = new MemorySource(noise(20_000, 3));
    assert.equal(again.lengths(source), create().lengths(source));
  });
}

test('73 a chunker that gives a wrong answer is named', () => {
  for (const [chunker, says] of failingChunkers) {
    assert.throws(
      () => checkedLengths(chunker, new MemorySource(noise(1000))),
      (error: Error) =>
        error instanceof PluginError &&
        says.test(error.message) &&
        error.message.includes(chunker.id),
      chunker.id,
    );
  }
});

test('73 the contract suite names the fault of a chunker whose single answers are legal', () => {
  const algorithm = algorithmOf('fixed:size=64');
  for (const [create, fault] of subtlyFailingChunkers) {
    const faults = contractFaults(create, algorithm, noise(1000), [64, 100]);
    assert.ok(faults.includes(fault), `${create().id}: ${faults.join()}`);
  }
});

test('73 a kernel that never ends, or leaves its bytes, is stopped', () => {
  for (const [kernel, says] of failingKernels) {
    const algorithm = { shortest: 0, longest: 99, reference: () => 1, kernel };
    assert.throws(
      () => split(algorithm, new MemorySource(noise(100))),
      (error: Error) => error instanceof PluginError && says.test(error.message),
      String(says),
    );
  }
});

test.run();
