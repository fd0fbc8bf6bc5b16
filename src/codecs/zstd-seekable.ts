import type { Codec } from './codec.ts';
import { createZstd } from './zstd.ts';

const SKIPPABLE_MAGIC = 0x184d2a5e;
const SEEKABLE_MAGIC = 0x8f92eab1;
const FOOTER = 9;

/**
 * zstd in the seekable format (zstd, contrib/seekable_format): a frame per `frame` bytes, and a skippable frame with the
 * lengths of all, so that a reader decompresses only the frames it needs. Any zstd decompressor reads it.
 */
export async function createZstdSeekable(level: number, frame: number): Promise<Codec> {
  const zstd = await createZstd(level);
  return {
    id: `zstd-seekable:level=${level},frame=${frame}`,
    mediaTypeSuffix: '+zstd',
    compress(bytes) {
      const frames: Uint8Array[] = [];
      const lengths: number[] = [];
      for (let offset = 0; offset < bytes.length; offset += frame) {
        const content = bytes.subarray(offset, offset + frame);
        frames.push(zstd.compress(content));
        lengths.push(content.length);
      }
      return Uint8Array.from(Buffer.concat([...frames, seekTable(frames, lengths)]));
    },
    decompress: (bytes, length) => zstd.decompress(bytes, length),
  };
}

function seekTable(frames: readonly Uint8Array[], lengths: readonly number[]): Uint8Array {
  const size = 8 * frames.length + FOOTER;
  const table = new Uint8Array(8 + size);
  const view = new DataView(table.buffer);
  view.setUint32(0, SKIPPABLE_MAGIC, true);
  view.setUint32(4, size, true);
  for (const [index, { length }] of frames.entries()) {
    view.setUint32(8 + 8 * index, length, true);
    view.setUint32(12 + 8 * index, lengths[index]!, true);
  }
  view.setUint32(8 + 8 * frames.length, frames.length, true);
  // The descriptor in between is 0: no checksums.
  view.setUint32(8 + size - 4, SEEKABLE_MAGIC, true);
  return table;
}
