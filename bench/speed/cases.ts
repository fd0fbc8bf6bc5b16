import { Divider } from '../../src/accounting/divide.ts';
import { SweepAccounting } from '../../src/accounting/mod.ts';
import {
  type Algorithm,
  type ChunkerMember,
  isCutByReference,
} from '../../src/chunkers/chunker.ts';
import { type FingerprintName, fingerprints } from '../../src/chunkers/fingerprint.ts';
import { chunkerMembers, createChunker, lengthsOfMany } from '../../src/chunkers/mod.ts';
import { groupsOf, Sweep } from '../../src/chunkers/sweep.ts';
import { BenchError } from '../../src/errors.ts';
import { expandGrid } from '../../src/grids.ts';
import { formatSize } from '../../src/ids.ts';
import { Kernels } from '../../src/kernels/kernels.ts';
import { limits } from '../../src/limits.ts';
import { MEMORY_PASS } from '../../src/report/speeds.ts';
import { MemorySource } from '../../src/streams/source.ts';
import { type Peer, peers, RABIN_WASM_POLYNOMIAL, type Sizes } from './peers.ts';

/** One way over all bytes of the input. */
export interface Case {
  /** Canonical id of the chunker, or `kind:name`; the field `model` of its records. */
  readonly id: string;
  /** Chunk size that was asked for, bytes; absent where nothing is cut by one size. */
  readonly average?: number;
  /** Id of the peer whose rate this one is divided by. */
  readonly peer?: string;
  /** Id of the case that this one is once more. */
  readonly twinOf?: string;
  /** Async where `run` is: tinybench would otherwise run it once more to find out. */
  readonly isAsync?: true;
  /** Returns the number of chunks where it cuts by one size. */
  run(): number | undefined | Promise<number | undefined>;
}

/** A case that cannot be tried here, and why. */
export interface Absent {
  readonly id: string;
  readonly why: string;
}

/** Min and max stand to avg as a quarter and eight times it: legal for every chunker, and what papers use. */
const AVERAGES = [8 << 10, 64 << 10, 1 << 20];
/** The grid of the sweep: 24 sets. */
const GRID = 'fastcdc:avg=4KiB..512KiB,nc={0,1,2}';
/** Eight sets of any hash that is scanned once for all of them. */
const AVERAGES_OF_A_HASH = 'avg=4KiB..512KiB';
/** What is digested chunk by chunk. */
const DIGESTED = 'fastcdc:avg=64KiB';
/** Select alone is given the candidates of a part of the input again and again: the list has room for every position. */
const SELECTED_BYTES = 8 << 20;
const SCAN_BLOCK_BYTES = 128 << 10;

/** Every case over `bytes`, each with its own buffers, so that no case warms another's. */
export async function createCases(
  bytes: Uint8Array,
): Promise<{ readonly cases: readonly Case[]; readonly absent: readonly Absent[] }> {
  const cases: Case[] = [
    memoryPass(bytes),
    ...digests(bytes),
    ...AVERAGES.flatMap((average) => chunkers(bytes, average)),
  ];
  const slow = timedMembers.filter((member) => !isTimed(member));
  const absent: Absent[] = slow.map(({ name }) => ({
    id: name,
    why: 'it has no kernel, and a readable definition is not timed',
  }));
  for (const peer of peers) {
    try {
      cases.push(...(await peerCases(peer, bytes)));
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      absent.push({ id: peer.name, why: error.toString() });
    }
  }
  cases.push(...sweeps(bytes), repeated(bytes));
  return { cases, absent };
}

/** Every byte copied to where a kernel would find it, block by block, as every chunker here begins. */
function memoryPass(bytes: Uint8Array): Case {
  const block = new Uint8Array(limits.blockBytes);
  return {
    id: MEMORY_PASS,
    run() {
      for (let at = 0; at < bytes.length; at += block.length) {
        block.set(bytes.subarray(at, at + block.length));
      }
      return undefined;
    },
  };
}

function digests(bytes: Uint8Array): readonly Case[] {
  const source = new MemorySource(bytes);
  const lengths = createChunker(DIGESTED).lengths(source);
  const libraries: Readonly<Record<FingerprintName, string>> = {
    xxh128: 'hash-wasm',
    sha256: 'node:crypto',
  };
  return (['xxh128', 'sha256'] as const).map((name) => ({
    id: `digest:${name} of ${libraries[name]}`,
    isAsync: true,
    run: async () => void (await fingerprints(source, lengths, name)),
  }));
}

const sizesOf = (avg: number): Sizes => ({ min: avg / 4, avg, max: avg * 8 });

/** The members that look at the bytes, but for npm packages, which are called here as their users do. */
export const timedMembers: readonly ChunkerMember[] = chunkerMembers.filter(
  ({ name, contentDefined }) =>
    contentDefined && !peers.some((peer) => peer.name.startsWith(`npm:${name}@`)),
);

const algorithmOf = ({ name }: ChunkerMember): Algorithm => createChunker(name).algorithm!;

const isTimed = (member: ChunkerMember): boolean => !isCutByReference(algorithmOf(member));

/** Their ids at one size; rabin by the polynomial that its peer has. */
function chunkerIds(average: number): readonly string[] {
  return timedMembers.filter(isTimed).map(({ name, parameters }) => {
    const known = new Set(parameters.map((parameter) => parameter.name));
    // Those that have no average have a mean of about twice their min, if the rest is left to them.
    const sizes = known.has('avg') ? sizesOf(average) : { min: average / 2 };
    const stated = Object.entries(sizes).filter(([size]) => known.has(size));
    const words = stated.map(([size, value]) => `${size}=${formatSize(value)}`);
    if (known.has('poly')) words.push(`poly=${RABIN_WASM_POLYNOMIAL}`);
    return `${name}:${words.join()}`;
  });
}

function chunkers(bytes: Uint8Array, average: number): readonly Case[] {
  const source = new MemorySource(bytes);
  return chunkerIds(average).map((id) => {
    const chunker = createChunker(id);
    const peer = peers.find(({ members }) => members.includes(id.split(':')[0]!));
    return {
      id: chunker.id,
      average,
      ...(peer === undefined ? {} : { peer: peerId(peer, average) }),
      run: () => chunker.lengths(source).length,
    };
  });
}

/** What it differs from its original by is noise. */
function repeated(bytes: Uint8Array): Case {
  const { id, run } = chunkers(bytes, AVERAGES[1]!).find((one) => one.id.startsWith('fastcdc:'))!;
  return { id: `${id} again`, twinOf: id, run };
}

function peerId({ name }: Peer, average: number): string {
  const sizes = Object.entries(sizesOf(average)).map(([key, size]) => `${key}=${formatSize(size)}`);
  return `${name}:${sizes.join()}`;
}

async function peerCases(peer: Peer, bytes: Uint8Array): Promise<readonly Case[]> {
  const cut = await peer.open();
  return AVERAGES.map((average) => ({
    id: peerId(peer, average),
    average,
    isAsync: true,
    run: async () => (await cut(bytes, sizesOf(average))).length,
  }));
}

/** Scan once, select many: both halves alone, and together without and with the running totals of every set. */
function sweeps(bytes: Uint8Array): readonly Case[] {
  const source = new MemorySource(bytes);
  const ids = expandGrid(GRID);
  const sets = ids.map((id) => createChunker(id));
  const groups = groupsOf(sets);
  const scanning = new Sweep(groups, SCAN_BLOCK_BYTES, new Kernels());
  const selected = new MemorySource(bytes.subarray(0, SELECTED_BYTES));
  const selecting = new Sweep(groups, selected.length, new Kernels());
  selecting.read(selected, 0);
  const [scan] = selecting.scans;
  const listEnd = selecting.find(scan!);
  return [
    {
      id: 'sweep:scan',
      run() {
        for (let at = 0; at < bytes.length; ) {
          at = scanning.read(source, at);
          scanning.find(scanning.scans[0]!);
        }
        return undefined;
      },
    },
    {
      id: `sweep:select-${ids.length}`,
      run() {
        for (let at = 0; at < bytes.length; at += selected.length) {
          selecting.restart(scan!);
          selecting.select(scan!, listEnd);
        }
        return undefined;
      },
    },
    { id: `sweep:cut-${ids.length}`, run: () => void lengthsOfMany(sets, source) },
    ...timedMembers
      .filter((member) => algorithmOf(member).selection)
      .map(({ name }) => {
        const grid = `${name}:${AVERAGES_OF_A_HASH}`;
        const chunkers = expandGrid(grid).map((id) => createChunker(id));
        return { id: `sweep:${grid}`, run: () => void lengthsOfMany(chunkers, source) };
      }),
    {
      id: `sweep:account-${ids.length}`,
      isAsync: true,
      run: async () => {
        const divider = await Divider.create(ids);
        new SweepAccounting(ids).enter(divider.divide([source]));
        return undefined;
      },
    },
  ];
}
