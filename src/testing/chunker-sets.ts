import type { Algorithm } from '../chunkers/chunker.ts';
import { chunkerMembers } from '../chunkers/mod.ts';
import { resolve } from '../ids.ts';

/** Parameter sets by member. Small sizes, so that short inputs meet every rule; averages between powers of two. */
export const chunkerSets: Readonly<Record<string, readonly string[]>> = {
  whole: ['whole'],
  fixed: ['fixed:size=1', 'fixed:size=64', 'fixed:size=4095'],
  rabin: [
    'rabin:avg=256',
    'rabin:min=64,avg=64,max=64',
    'rabin:min=64,avg=128,max=100',
    'rabin:min=1000,avg=1KiB,max=9001',
    'rabin:min=64,avg=256,max=2KiB,align=128',
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
    'fastcdc:avg=1KiB,align=512',
    'fastcdc:min=65,avg=725,max=1025,align=2',
    'fastcdc:avg=256,align=4KiB',
  ],
  fastcdc2016: [
    'fastcdc2016:avg=1KiB',
    'fastcdc2016:min=65,avg=725,max=1025,nc=2',
    'fastcdc2016:min=333,avg=1449,max=5001,nc=0',
  ],
  ronomon: ['ronomon:avg=1KiB', 'ronomon:min=101,avg=1449,max=5001', 'ronomon:min=900,avg=1KiB'],
  'fastcdc-wasm': [
    'fastcdc-wasm:avg=1KiB',
    'fastcdc-wasm:min=101,avg=1449,max=5001',
    'fastcdc-wasm:min=900,avg=1KiB',
    'fastcdc-wasm:min=64,avg=256,max=1KiB',
    'fastcdc-wasm:min=64,avg=256,max=1KiB,align=128',
  ],
  casync: [
    'casync:avg=256',
    'casync:min=48,avg=100,max=401',
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
    'rollsum:avg=512,max=3001,align=256',
  ],
  seqcdc: [
    'seqcdc:min=256',
    'seqcdc:min=1,max=1',
    'seqcdc:min=1,max=1,align=64',
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
  maxcdc: ['maxcdc:min=512', 'maxcdc:min=64,max=127', 'maxcdc:min=333,max=1001'],
  bup: ['bup:avg=64', 'bup:avg=1KiB', 'bup:avg=8KiB'],
  xet: [
    'xet:avg=1KiB,align=64',
    'xet:avg=1KiB',
    'xet:min=65,avg=128,max=128',
    'xet:min=500,avg=2KiB,max=9001',
  ],
  borg: ['borg:avg=1KiB', 'borg:min=100,avg=256,max=4196', 'borg:min=64,avg=4KiB,seed=0xdecaf'],
};

/** All sets, members in the order of their table. */
export const allChunkerSets: readonly string[] = chunkerMembers.flatMap(
  ({ name }) => chunkerSets[name] ?? [],
);

/** What the chunker of an id runs. */
export function algorithmOf(id: string): Algorithm {
  const { member, values } = resolve('chunker', chunkerMembers, id);
  return member.algorithm(values);
}
