import process from 'node:process';
import * as zlib from 'node:zlib';

/** As ZSTD_compress at one level: one frame with content size, without checksum. */
export type CompressFrame = (bytes: Uint8Array) => Uint8Array;

/** The version behind every published number. */
const VERSION = '1.5.7';
/** Longer pieces get a context of their own, whose memory grows with them and is given back: bytes. */
const LONGEST_KEPT = 4 << 20;
const UNTOLD = 2 ** 32 - 1;

export type NativeZlib = typeof zlib & {
  zstdCompressSync?(bytes: Uint8Array, options: object): Uint8Array;
  createZstdCompress?(options: object): zlib.Gzip;
  readonly constants: {
    readonly ZSTD_c_compressionLevel?: number;
    readonly ZSTD_e_flush?: number;
    readonly ZSTD_e_end?: number;
  };
};

/** Of ECMAScript 2024, which runtimes with zstd have. */
type Transferable = ArrayBufferLike & { transfer(length: number): ArrayBuffer };

/** True where the runtime has the libzstd behind every published number. */
export function hasNativeZstd(): boolean {
  return process.versions['zstd'] === VERSION && 'zstdCompressSync' in zlib;
}

/**
 * The runtime's own libzstd (Node 22.15 and later) at this level, 1.6 to 2.8 times as fast as WebAssembly. Undefined where
 * there is none, or where its bytes are not those of `reference`: sizes must not depend on the runtime.
 */
export function nativeZstd(level: number, reference: CompressFrame): CompressFrame | undefined {
  if (!hasNativeZstd()) return undefined;
  const kept = keptZstd(level);
  const native: CompressFrame = (bytes) =>
    kept && bytes.length <= LONGEST_KEPT ? kept(bytes) : compressOnce(bytes, level);
  const sample = sampleBytes();
  const short = sample.subarray(0, 1000);
  const [long, other] = [reference(sample), reference(short)];
  const isEqual = (piece: Uint8Array, wanted: Uint8Array): boolean =>
    Buffer.compare(native(piece), wanted) === 0;
  // The second and third find what those before left in the context.
  return isEqual(sample, long) && isEqual(short, other) && isEqual(sample, long)
    ? native
    : undefined;
}

/** Room for any frame: with less than ZSTD_compressBound libzstd takes its streaming path, which divides blocks at other places. */
function roomFor(length: number): number {
  return Math.max(length + (length >> 8) + 1024, 64);
}

function compressOnce(bytes: Uint8Array, level: number): Uint8Array {
  const { zstdCompressSync, constants } = zlib as NativeZlib;
  const params = { [constants.ZSTD_c_compressionLevel!]: level };
  const chunkSize = roomFor(bytes.length);
  const frame = zstdCompressSync!(bytes, { params, pledgedSrcSize: bytes.length, chunkSize });
  // A copy, for the frame lies at the start of all that room, which threads with little garbage would keep for long.
  const copy = new Uint8Array(frame);
  if (frame.buffer.byteLength === chunkSize) (frame.buffer as Transferable).transfer(0);
  return copy;
}

/** What Node's stream of zstd keeps: the context, and where it says how many bytes of room and of input are left. */
interface Stream {
  on(event: 'error', listener: () => void): void;
  readonly _handle?: {
    writeSync?(
      flush: number,
      from: Uint8Array,
      fromOffset: number,
      fromLength: number,
      into: Uint8Array,
      intoOffset: number,
      intoLength: number,
    ): void;
  };
  readonly _writeState?: Uint32Array;
}

/**
 * One context for all pieces: to make one for each takes 50 to 150 µs, as long as to compress 10 KB. libzstd begins a new frame
 * where one has ended, and knows its length, since the end comes in the same call. Node has no public call for this; undefined
 * where its stream has not the parts that are needed.
 */
function keptZstd(level: number): CompressFrame | undefined {
  const { createZstdCompress, constants } = zlib as NativeZlib;
  const { ZSTD_c_compressionLevel: parameter, ZSTD_e_end: end } = constants;
  if (!createZstdCompress || end === undefined) return undefined;
  const stream = createZstdCompress({ params: { [parameter!]: level } }) as unknown as Stream;
  const { _handle: handle, _writeState: left } = stream;
  if (typeof handle?.writeSync !== 'function' || !(left instanceof Uint32Array)) return undefined;
  let room = new Uint8Array(roomFor(1 << 16));
  let isBroken = false;
  // The stream is closed where libzstd fails, and the context must not be used any more.
  stream.on('error', () => {
    isBroken = true;
  });
  return (bytes) => {
    if (isBroken) return compressOnce(bytes, level);
    const needed = roomFor(bytes.length);
    if (needed > room.length) room = new Uint8Array(Math.max(needed, 2 * room.length));
    // A call that fails leaves them as they were.
    left.fill(UNTOLD);
    handle.writeSync!(end, bytes, 0, bytes.length, room, 0, room.length);
    const [free = UNTOLD, unread] = left;
    if (unread !== 0 || free >= room.length) {
      isBroken = true;
      return compressOnce(bytes, level);
    }
    return room.slice(0, room.length - free);
  };
}

/** Words in a fixed disorder, longer than two blocks of zstd (128 KiB): enough to take other paths where there are any. */
export function sampleBytes(): Uint8Array {
  const bytes = new Uint8Array(300_000);
  let state = 1;
  for (let offset = 0; offset < bytes.length; offset += 8) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes.fill(state >>> 24, offset, offset + 1 + (state >>> 29));
  }
  return bytes;
}
