import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { createChunker } from './mod.ts';

/**
 * Cut points are an interchange format: what is stored already is found again only while an id keeps its cuts. These were
 * checked against the members' readable definitions when they were written down and must never change. They include
 * averages between two powers of two, where a floored logarithm in place of a rounded one moves every cut.
 *
 * id, number of chunks of noise(500 000, seed 2027), first 16 digits of the sha256 of their lengths joined by commas.
 */
const GOLDEN: readonly (readonly [id: string, count: number, digest: string])[] = [
  ['fastcdc:min=362,avg=1449,max=5796,nc=0,seed=0x0', 222, 'e0bea79758aba2a3'],
  ['fastcdc:min=362,avg=1449,max=5796,nc=1,seed=0x0', 235, '252c4afe664d581e'],
  ['fastcdc:min=1KiB,avg=4KiB,max=16KiB,nc=2,seed=0x0', 106, 'a76abced6181d594'],
  ['fastcdc:min=2KiB,avg=8KiB,max=32KiB,nc=1,seed=0x0', 52, '62abf6411847d862'],
  ['fastcdc:min=2KiB,avg=8KiB,max=32KiB,nc=3,seed=0x0', 57, '3f6e93a05d4489dc'],
  ['fastcdc:min=2001,avg=6003,max=30001,nc=1,seed=0x0', 58, '010d16ff41e5688a'],
  ['fastcdc:min=2KiB,avg=8KiB,max=32KiB,nc=1,seed=0x29a', 51, '8d923ced7a92db33'],
  ['fastcdc:min=16KiB,avg=64KiB,max=256KiB,nc=1,seed=0x0', 7, '72fc2b9890f09c40'],
  ['rabin:poly=0x2fcee57a92de81,min=512,avg=1KiB,max=8KiB', 329, '776e0f904511f733'],
  ['rabin:poly=0x2fcee57a92de81,min=512,avg=8KiB,max=64KiB', 64, '25ea55403081e84b'],
  ['rabin:poly=0x3da3358b4dc173,min=512,avg=8KiB,max=64KiB', 56, 'c2f06bc81abaa23b'],
  ['fastcdc2016:min=333,avg=1449,max=5001,nc=1', 236, '2ca3a4582d9a6381'],
  ['ronomon:min=2KiB,avg=8KiB,max=32KiB', 56, '4a7f5502dfe259bd'],
  ['ronomon:min=1001,avg=3003,max=20001', 141, 'e473b8d5c37d96a2'],
  ['casync:min=2KiB,avg=8KiB,max=32KiB', 64, '780039c5d1e48ddc'],
  ['casync:min=1000,avg=3003,max=20001', 137, '4ebed09e0f23934e'],
  ['borg:min=1KiB,avg=8KiB,max=64KiB,seed=0x0', 58, 'fd6c8abc1f9ae5e6'],
  ['xet:min=1KiB,avg=8KiB,max=16KiB', 63, 'dedcaa131dc0d6ce'],
  ['xet:min=500,avg=2KiB,max=9001', 196, 'd88fe206d0a8b031'],
  ['ae:avg=8KiB,max=32KiB', 61, '95fbc70f3599d5b2'],
  ['ae:avg=1449,max=5001', 347, '99260c1878a87110'],
  ['ram:avg=8KiB,max=32KiB', 61, '8f0a11e3d6cb3107'],
  ['ram:avg=1449,max=5001', 346, '62c21dcf2178c6bf'],
  ['zchunk:min=2KiB,avg=8KiB,max=32KiB', 43, '0d1d1c5b07f1f79c'],
  ['zchunk:min=2001,avg=2KiB,max=9001', 121, '0f021d91129452de'],
  ['rollsum:avg=8KiB,max=64MiB,hole=1KiB', 47, '4ada4ff6a9b71701'],
  ['rollsum:avg=1KiB,max=5001,hole=1KiB', 496, '1ca39aef44ac6504'],
  ['seqcdc:min=2KiB,max=32KiB,sequence=5,trigger=50,skip=512,falling=0', 72, '5ea0a2a217f19930'],
  ['seqcdc:min=1001,max=5001,sequence=4,trigger=20,skip=100,falling=1', 336, '62d70ff3827c2f22'],
  ['tttd:min=2KiB,avg=8KiB,max=16KiB', 56, 'cc7357efe27dc0b4'],
  ['tttd:min=1001,avg=2KiB,max=3001', 238, 'a969663be05709a5'],
  ['repmax:min=2KiB,horizon=16KiB', 182, 'b40cf6cb5322d27e'],
  ['repmax:min=1001,horizon=3003', 363, '02f8579868953f28'],
  ['fastcdc-wasm:min=2KiB,avg=8KiB,max=32KiB', 56, '4a7f5502dfe259bd'],
  ['fastcdc-wasm:min=1001,avg=3003,max=20001', 141, 'e473b8d5c37d96a2'],
  ['maxcdc:min=4KiB,max=16KiB', 50, 'fcb455ede547c957'],
  ['maxcdc:min=1001,max=3003', 246, '268bff50250b0e67'],
  ['bup:avg=8KiB', 46, '810947b92d4784e7'],
  ['bup:avg=1KiB', 521, 'a9dd09c5767e8272'],
];

const SOURCE = new MemorySource(noise(500_000, 2027));

for (const [id, count, digest] of GOLDEN) {
  test(`${id} cuts as it always did`, () => {
    const lengths = createChunker(id).lengths(SOURCE);
    assert.is(lengths.length, count);
    assert.is(createHash('sha256').update(lengths.join()).digest('hex').slice(0, 16), digest);
  });
}

test('rounding the level of an average between powers of two is visible in its cuts', () => {
  // 1449 rounds to level 11; with a floored logarithm it would cut like level 10.
  const [rounded] = GOLDEN[0]!;
  const floored = rounded.replace('avg=1449', 'avg=1448');
  assert.not.equal(
    createChunker(rounded).lengths(SOURCE).length,
    createChunker(floored).lengths(SOURCE).length,
  );
});

test.run();
