import { Buffer } from 'node:buffer';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UnavailableError } from '../../src/errors.ts';
import { projectDirectory } from '../../src/project.ts';

/** The chunkers that npm has, each called as its documentation says, on one buffer. */
export interface Peer {
  /** `npm:NAME@VERSION`, and what of it runs where that is not all. */
  readonly name: string;
  /** The chunkers here that it is compared with, and, among them, the one with the same cuts. */
  readonly members: readonly string[];
  readonly same: string;
  /** Throws an UnavailableError where it is not installed or does not run here. */
  open(): Promise<CutAll>;
}

/** Lengths of the chunks of `bytes`; the sizes are bytes. */
export type CutAll = (
  bytes: Uint8Array,
  sizes: Sizes,
) => ArrayLike<number> | Promise<ArrayLike<number>>;

export interface Sizes {
  readonly min: number;
  /** A power of two. */
  readonly avg: number;
  readonly max: number;
}

/** The polynomial of rabin-wasm: whatever is asked for, it takes this one. */
export const RABIN_WASM_POLYNOMIAL = '0x3da3358b4dc173';

export const peers: readonly Peer[] = [
  {
    name: 'npm:fastcdc-wasm@0.1.0',
    members: ['fastcdc', 'fastcdc2016', 'ronomon'],
    same: 'ronomon',
    open: openFastcdcWasm,
  },
  {
    name: 'npm:rabin-wasm@0.1.5',
    members: ['rabin'],
    same: 'rabin',
    open: openRabinWasm,
  },
  {
    // Both digest every chunk by SHA-256 as they go: no rate for a chunker to be compared with.
    name: 'npm:@ronomon/deduplication@2.0.4/js+sha256',
    members: [],
    same: 'ronomon',
    open: async () => ronomonCut(load<Ronomon>(`${RONOMON}/binding.js`, RONOMON_REMEDY)),
  },
  {
    name: 'npm:@ronomon/deduplication@2.0.4/native+sha256',
    members: [],
    same: 'ronomon',
    open: async () => ronomonCut(loadNative()),
  },
];

const require = createRequire(join(projectDirectory, 'package.json'));

function load<T>(name: string, remedy: string): T {
  try {
    return require(name) as T;
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const why = code === 'MODULE_NOT_FOUND' ? 'is not installed' : `does not load: ${message}`;
    throw new UnavailableError(`${name} ${why}`, {}, remedy, { cause });
  }
}

const INSTALL = 'npm ci installs it';

async function openFastcdcWasm(): Promise<CutAll> {
  interface FastcdcWasm {
    get_chunks(bytes: Uint8Array, min: number, avg: number, max: number): Uint32Array;
  }
  const { get_chunks } = load<FastcdcWasm>('fastcdc-wasm', INSTALL);
  return (bytes, { min, avg, max }) => {
    const ends = get_chunks(bytes, min, avg, max);
    return ends.subarray(1).map((end, index) => end - ends[index]!);
  };
}

async function openRabinWasm(): Promise<CutAll> {
  interface Rabin {
    readonly asModule: object;
    fingerprint(bytes: Uint8Array): Int32Array;
  }
  type Settings = readonly [bits: number, min: number, max: number, window: number];
  interface RabinWasm {
    create(...settings: Settings): Promise<Rabin>;
    Rabin: new (asModule: object, ...settings: Settings) => Rabin;
  }
  const { create, Rabin } = load<RabinWasm>('rabin-wasm', INSTALL);
  const { asModule } = await create(13, 2048, 65536, 64);
  return (bytes, { min, avg, max }) => {
    // An instance goes on where its last buffer ended: a new one for each.
    const lengths = new Rabin(asModule, Math.log2(avg), min, max, 64).fingerprint(bytes);
    // It keeps what follows the last cut for the next buffer.
    const rest = bytes.length - lengths.reduce((sum, length) => sum + length, 0);
    if (rest === 0) return lengths;
    const all = new Int32Array(lengths.length + 1).fill(rest);
    all.set(lengths);
    return all;
  };
}

interface Ronomon {
  deduplicate(
    average: number,
    minimum: number,
    maximum: number,
    source: Uint8Array,
    sourceOffset: number,
    sourceSize: number,
    target: Uint8Array,
    targetOffset: number,
    flags: 0 | 1,
    callback: (error: Error | undefined, sourceOffset: number, targetOffset: number) => void,
  ): void;
  targetSize(minimum: number, sourceSize: number): number;
}

const RONOMON = '@ronomon/deduplication';
const RONOMON_REMEDY =
  'its native part does not compile on Node 20, so npm ci leaves it out: see bench/speed/README.md';

function loadNative(): Ronomon {
  if ('Deno' in globalThis) {
    const remedy = 'measure it under Node';
    throw new UnavailableError(`${RONOMON}/binding.node is no Node-API module`, {}, remedy);
  }
  return load(`${RONOMON}/binding.node`, RONOMON_REMEDY);
}

/** It writes 32 bytes of digest and the length as u32, big endian, for each chunk. */
const RONOMON_RECORD = 36;

function ronomonCut({ deduplicate, targetSize }: Ronomon): CutAll {
  return (bytes, { min, avg, max }) => {
    const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const target = Buffer.alloc(targetSize(min, bytes.length));
    return new Promise((resolve, reject) => {
      deduplicate(avg, min, max, source, 0, source.length, target, 0, 1, (error, _, end) => {
        if (error) return reject(error);
        const count = end / RONOMON_RECORD;
        const lengthOf = (chunk: number): number =>
          target.readUInt32BE(chunk * RONOMON_RECORD + 32);
        resolve(Uint32Array.from({ length: count }, (_, chunk) => lengthOf(chunk)));
      });
    });
  };
}
