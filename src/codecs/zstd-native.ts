import process from 'node:process';
import * as zlib from 'node:zlib';

/** As ZSTD_compress at one level: one frame with content size, without checksum. */
export type CompressFrame = (bytes: Uint8Array) => Uint8Array;

/** The version behind every published number. */
const VERSION = '1.5.7';
/** Below this the context that zlib makes for every call costs more than it saves: bytes. */
export const LEAST_FOR_NATIVE = 4096;

export type NativeZlib = typeof zlib & {
  zstdCompressSync?(bytes: Uint8Array, options: object): Uint8Array;
  createZstdCompress?(options: object): zlib.Gzip;
  readonly constants: { readonly ZSTD_c_compressionLevel?: number; readonly ZSTD_e_flush?: number };
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
  const { zstdCompressSync, constants } = zlib as NativeZlib;
  const params = { [constants.ZSTD_c_compressionLevel!]: level };
  const native: CompressFrame = (bytes) => {
    // With less room than ZSTD_compressBound libzstd takes its streaming path, which divides blocks at other places.
    const chunkSize = Math.max(bytes.length + (bytes.length >> 8) + 1024, 64);
    const frame = zstdCompressSync!(bytes, { params, pledgedSrcSize: bytes.length, chunkSize });
    // A copy, for the frame lies at the start of all that room, which threads with little garbage would keep for long.
    const copy = new Uint8Array(frame);
    if (frame.buffer.byteLength === chunkSize) (frame.buffer as Transferable).transfer(0);
    return copy;
  };
  const sample = sampleBytes();
  return Buffer.compare(native(sample), reference(sample)) === 0 ? native : undefined;
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
