import { createHash } from 'node:crypto';
import type { ByteSource } from '../streams/source.ts';

/**
 * Digests of chunks. `sha256` is what a format publishes; `xxh128` is enough to count duplicates, where nobody chooses
 * contents in order to collide, and several times as fast.
 */
export type FingerprintName = 'sha256' | 'xxh128';

export const fingerprintBytes: Readonly<Record<FingerprintName, number>> = {
  sha256: 32,
  xxh128: 16,
};

/** One digest after another: any number of `update`, then `digest`, then the next. */
export interface Fingerprint {
  readonly bytes: number;
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** Bytes read at a time: several chunks at once, and still in the processor's cache when they are digested. */
const BLOCK_BYTES = 1 << 20;

export async function createFingerprint(name: FingerprintName): Promise<Fingerprint> {
  return name === 'sha256' ? sha256Fingerprint() : xxh128Fingerprint();
}

function sha256Fingerprint(): Fingerprint {
  let hash = createHash('sha256');
  return {
    bytes: fingerprintBytes.sha256,
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => {
      const digest = hash.digest();
      hash = createHash('sha256');
      return digest;
    },
  };
}

async function xxh128Fingerprint(): Promise<Fingerprint> {
  // Only here: it takes longer to load than all else of this program that cuts.
  const { createXXHash128 } = await import('hash-wasm');
  const hasher = (await createXXHash128()).init();
  return {
    bytes: fingerprintBytes.xxh128,
    update: (bytes) => {
      hasher.update(bytes);
    },
    digest: () => {
      const digest = hasher.digest('binary');
      hasher.init();
      return digest;
    },
  };
}

/** One of each per thread: {@link fingerprints} finishes its streams one after another. */
const ofThread = new Map<FingerprintName, Promise<Fingerprint>>();

/**
 * Digests of consecutive chunks of `source` from its start, one after another: `lengths.length` × 32 bytes (sha256) or × 16
 * (xxh128, big endian as the reference prints it).
 *
 * @param lengths of the chunks, bytes; they need not reach the end
 */
export async function fingerprints(
  source: ByteSource,
  lengths: Float64Array,
  name: FingerprintName,
): Promise<Uint8Array> {
  if (!ofThread.has(name)) ofThread.set(name, createFingerprint(name));
  const fingerprint = await ofThread.get(name)!;
  const digests = new Uint8Array(lengths.length * fingerprint.bytes);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const buffer = new Uint8Array(Math.min(BLOCK_BYTES, total));
  let read = 0;
  let block = buffer.subarray(0, 0);
  for (const [index, length] of lengths.entries()) {
    for (let left = length; left > 0; ) {
      if (block.length === 0) {
        block = buffer.subarray(0, Math.min(buffer.length, total - read));
        source.read(read, block);
        read += block.length;
      }
      const piece = block.subarray(0, left);
      fingerprint.update(piece);
      left -= piece.length;
      block = block.subarray(piece.length);
    }
    digests.set(fingerprint.digest(), index * fingerprint.bytes);
  }
  return digests;
}
