import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PluginError, UsageError } from '../errors.ts';
import { expandGrid, resolve } from '../ids.ts';
import { MemorySource } from '../streams/source.ts';
import { failingChunkers, failingKernels, subtlyFailingChunkers } from '../testing/failing.ts';
import { noise } from '../testing/noise.ts';
import { checkedLengths } from './checked.ts';
import { contractFaults } from './contract.ts';
import { chunkerMembers, createChunker } from './mod.ts';
import { split } from './split.ts';

/** Parameter sets by member. Small sizes, so that short inputs meet every rule; averages between powers of two. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  whole: ['whole'],
  fixed: ['fixed:size=1', 'fixed:size=64', 'fixed:size=4095'],
  rabin: [
    'rabin:avg=256',
    'rabin:min=64,avg=64,max=64',
    'rabin:min=64,avg=128,max=100',
    'rabin:min=1000,avg=1KiB,max=9001',
    // Long enough for two stretches of the kernel at once.
    'rabin:min=100,avg=8KiB,max=40000,poly=0x3da3358b4dc173',
  ],
  fastcdc: [
    'fastcdc:avg=256,nc=3',
    'fastcdc:avg=1KiB,nc=0',
    'fastcdc:avg=1000,nc=1',
    'fastcdc:min=65,avg=725,max=1025,nc=2',
    'fastcdc:min=333,avg=1449,max=5001,nc=3,seed=0xdeadbeefcafef00d',
    'fastcdc:min=1KiB,avg=1KiB,max=1KiB',
  ],
  fastcdc2016: [
    'fastcdc2016:avg=1KiB',
    'fastcdc2016:min=65,avg=725,max=1025,nc=2',
    'fastcdc2016:min=333,avg=1449,max=5001,nc=0',
  ],
  ronomon: ['ronomon:avg=1KiB', 'ronomon:min=101,avg=1449,max=5001', 'ronomon:min=900,avg=1KiB'],
  casync: [
    'casync:avg=256',
    'casync:min=48,avg=100,max=4097',
    'casync:min=400,avg=1449,max=5001',
    'casync:min=777,avg=777,max=777',
  ],
  ae: ['ae:avg=1KiB', 'ae:avg=257,max=257', 'ae:avg=300,max=1001', 'ae:avg=1449,max=5001'],
  ram: ['ram:avg=1KiB', 'ram:avg=257,max=257', 'ram:avg=300,max=1001', 'ram:avg=1449,max=5001'],
  zchunk: [
    'zchunk:avg=2KiB',
    'zchunk:min=48,avg=2KiB,max=2049',
    'zchunk:min=2KiB,avg=2KiB,max=2KiB',
    // Many cuts are refused before min, also within the window that the first test sees.
    'zchunk:min=2001,avg=2KiB,max=9001',
  ],
  rollsum: [
    'rollsum:avg=1KiB,max=16KiB',
    'rollsum:avg=64,max=64,hole=2',
    'rollsum:avg=512,max=3001,hole=70',
    'rollsum:avg=4KiB,max=9001',
  ],
  seqcdc: [
    'seqcdc:min=256',
    'seqcdc:min=1,max=1',
    'seqcdc:min=100,max=1001,sequence=3,trigger=5,skip=33',
    'seqcdc:min=1,max=9001,sequence=4,trigger=1,skip=0,falling=1',
  ],
  tttd: [
    'tttd:avg=1KiB',
    'tttd:min=64,avg=128,max=128',
    'tttd:min=100,avg=4KiB,max=1001',
    'tttd:min=300,avg=512,max=512',
  ],
  repmax: ['repmax:min=512', 'repmax:min=64,horizon=0', 'repmax:min=333,horizon=1001'],
  xet: ['xet:avg=1KiB', 'xet:min=65,avg=128,max=128', 'xet:min=500,avg=2KiB,max=9001'],
  borg: ['borg:avg=1KiB', 'borg:min=100,avg=256,max=4196', 'borg:min=64,avg=4KiB,seed=0xdecaf'],
};
const ALL_SETS = chunkerMembers.flatMap(({ name }) => SETS[name] ?? []);

function algorithmOf(id: string): ReturnType<(typeof chunkerMembers)[number]['algorithm']> {
  const { member, values } = resolve('chunker', chunkerMembers, id);
  return member.algorithm(values);
}

/** Lengths at which a rule sets in, and what lies around them. */
function edges(id: string): readonly number[] {
  const { values } = resolve('chunker', chunkerMembers, id);
  const sizes = Object.values(values).filter((value) => typeof value === 'number' && value > 9);
  const near = sizes.flatMap((size) => [-1, 0, 1, 2].map((step) => Number(size) + step));
  return [...new Set([0, 1, 2, 3, ...near])];
}

test('every member has parameter sets here', () => {
  for (const { name } of chunkerMembers) assert.ok((SETS[name] ?? []).length > 0, name);
});

for (const id of ALL_SETS) {
  const algorithm = algorithmOf(id);
  const create = (blockBytes?: number): ReturnType<typeof createChunker> =>
    createChunker(id, blockBytes === undefined ? {} : { blockBytes });
  const faultsOn = (bytes: Uint8Array, blocks: readonly number[]): readonly string[] =>
    contractFaults(create, algorithm, bytes, blocks);

  test(`${id} keeps the contract at every edge of its rules`, () => {
    for (const length of edges(id)) {
      assert.equal(faultsOn(noise(length, length), [1, 7]), [], `${length} bytes`);
    }
  });

  test(`${id} keeps the contract on noise, zeros and 0xff, in blocks of any size`, () => {
    const near = Number.isFinite(algorithm.longest) ? algorithm.longest : 1 << 16;
    const blocks = [1, 2, 13, 1009, 65537, near - 1, near, near + 1].filter((block) => block > 0);
    const inputs = [noise(30_011), new Uint8Array(20_000), new Uint8Array(20_000).fill(0xff)];
    for (const bytes of inputs) assert.equal(faultsOn(bytes, blocks), []);
  });

  test(`${id} states all it depends on in its id`, () => {
    const again = createChunker(create().id);
    assert.is(again.id, create().id);
    const source = new MemorySource(noise(20_000, 3));
    assert.equal(again.lengths(source), create().lengths(source));
  });
}

for (const member of chunkerMembers.filter((each) => each.contentDefined)) {
  const { name, contentDefined, parameters } = member;
  test(`${name}: an inserted byte moves few cuts`, () => {
    assert.ok(contentDefined);
    const average = parameters.find((parameter) => parameter.name === 'avg');
    // seqcdc and repmax have no parameter for the mean.
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

test('a chunker that gives a wrong answer is named', () => {
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

test('the contract suite names the fault of a chunker whose single answers are legal', () => {
  const algorithm = algorithmOf('fixed:size=64');
  for (const [create, fault] of subtlyFailingChunkers) {
    const faults = contractFaults(create, algorithm, noise(1000), [64, 100]);
    assert.ok(faults.includes(fault), `${create().id}: ${faults.join()}`);
  }
});

test('a kernel that never ends, or leaves its bytes, is stopped', () => {
  for (const [kernel, says] of failingKernels) {
    const algorithm = { shortest: 0, longest: 99, reference: () => 1, kernel };
    assert.throws(
      () => split(algorithm, new MemorySource(noise(100))),
      (error: Error) => error instanceof PluginError && says.test(error.message),
      String(says),
    );
  }
});

test('a wrong id is refused with a remedy', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['fastcdx', /did you mean 'fastcdc'/],
    ['fastcdc:agv=64KiB', /did you mean 'avg'/],
    ['fastcdc:avg=0', /256 to 4MiB/],
    ['fastcdc:avg=5MiB', /256 to 4MiB/],
    ['fastcdc:min=63,avg=256', /64 to 1MiB/],
    ['fastcdc:max=1023,avg=256', /1KiB to 16MiB/],
    ['fastcdc:max=16777217', /1KiB to 16MiB/],
    ['fastcdc:min=8KiB,avg=4KiB', /min is above avg/],
    ['fastcdc:avg=64KiB,max=32KiB', /avg is above max/],
    ['fastcdc:nc=4', /0 to 3/],
    ['fastcdc:avg=1e999', /a size such as/],
    ['fastcdc:seed=x', /hexadecimal/],
    ['rabin:poly=0x3', /degree 1, not 53/],
    ['rabin:poly=0x20000000000001', /not irreducible/],
    ['rabin:avg=65535', /power of two, such as 64KiB/],
    ['rabin:min=63', /64 to 64MiB/],
    ['rabin:min=2MiB,max=1MiB', /min is above max/],
    ['fixed:size=0', /1 to 64MiB/],
    ['fixed:size=64MiB,size=1', /given twice/],
    ['fixed:size=67108865', /1 to 64MiB/],
    ['whole:size=1', /has no parameter/],
  ];
  for (const [id, says] of refusals) {
    assert.throws(
      () => createChunker(id),
      (error: Error) => error instanceof UsageError && says.test(String(error)),
      id,
    );
  }
});

test('ids at the limits are accepted, and a grid of averages expands to powers of two', () => {
  for (const id of ['fixed:size=64MiB', 'fastcdc:avg=4MiB', 'fastcdc:avg=256', 'rabin:avg=8MiB']) {
    assert.is(createChunker(createChunker(id).id).id, createChunker(id).id);
  }
  assert.match(createChunker('fastcdc:seed=666').id, /seed=0x29a$/);
  assert.match(createChunker('fastcdc:seed=0xFFFFFFFFFFFFFFFF').id, /seed=0xffffffffffffffff$/);
  const ids = expandGrid('fastcdc:avg=4KiB..1MiB').map((id) => createChunker(id).id);
  assert.is(ids.length, 9);
  assert.is(ids[0], 'fastcdc:min=1KiB,avg=4KiB,max=16KiB,nc=1,seed=0x0');
  assert.is(ids.at(-1), 'fastcdc:min=256KiB,avg=1MiB,max=4MiB,nc=1,seed=0x0');
});

test.run();
