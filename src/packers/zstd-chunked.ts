import { concatenate, openLayers, sha256 } from './blobs.ts';
import type { Frame } from './framed.ts';
import type { Packer } from './packer.ts';
import { positive } from './toc.ts';
import { packWithToc } from './toc-layers.ts';

const CHECKSUM_ANNOTATION = 'io.containers.zstd-chunked.manifest-checksum';
const POSITION_ANNOTATION = 'io.containers.zstd-chunked.manifest-position';

/**
 * zstd:chunked (containers/storage, pkg/chunked/compressor): a frame per chunk and one for what lies between contents;
 * then, in skippable frames that every decompressor passes over, the table of contents as a zstd frame and a footer that
 * says where it is. Written as containers/storage of 2022 wrote it (skopeo 1.9), without the tar-split data of later ones.
 */
export const zstdChunked: Packer = {
  id: 'zstd-chunked',

  pack: packWithToc({
    style: {
      entry: () => ({}),
      chunk(chunks, index, chunkDigest) {
        const frame = chunks[index]!;
        const last = chunks.at(-1)!;
        return {
          ...(index === 0 ? { endOffset: last.offset + last.storedLength } : {}),
          ...(chunks.length === 1 ? {} : { ...positive('chunkSize', frame.length), chunkDigest }),
          ...(isHole(frame) ? { chunkType: 'zeros' } : {}),
        };
      },
    },
    index(json, layer, codec) {
      const toc = codec.compress(json);
      const offset = layer.bytes.length + SKIPPABLE_HEADER;
      const footer = new Uint8Array(40);
      const view = new DataView(footer.buffer);
      const position = [...[offset, toc.length, json.length].map(BigInt), MANIFEST_VERSION];
      for (const [index, number] of [...position, FOOTER_MAGIC].entries()) {
        view.setBigUint64(8 * index, number, true);
      }
      return {
        bytes: concatenate([...skippable(toc), ...skippable(footer)]),
        annotations: {
          [CHECKSUM_ANNOTATION]: `sha256:${sha256(toc)}`,
          [POSITION_ANNOTATION]: position.join(':'),
        },
        diffId: layer.digest,
      };
    },
    isFetched: (frame) => frame.stream.hasContent === true && !isHole(frame),
  }),

  open: ({ layers, store }) =>
    openLayers(layers, (descriptor) => {
      // The frames alone: what follows is no part of the layer.
      const position = descriptor.annotations?.[POSITION_ANNOTATION] ?? '';
      const offset = Number(position.split(':')[0]) - SKIPPABLE_HEADER;
      return store.range(descriptor.digest, 0, offset);
    }),
};

const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_HEADER = 8;
const MANIFEST_VERSION = 1n;
const FOOTER_MAGIC = 0x78556e496c556e47n; // 'GnUlInUx', read as a little-endian number

function skippable(content: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const header = new Uint8Array(SKIPPABLE_HEADER);
  const view = new DataView(header.buffer);
  view.setUint32(0, SKIPPABLE_MAGIC, true);
  view.setUint32(4, content.length, true);
  return [header, content];
}

/** A chunk of zeros alone, which a client makes itself. Only what compresses to next to nothing is looked at. */
function isHole({ stream, streamOffset, length, storedLength }: Frame): boolean {
  if (storedLength > 64 + length / 1000 || length < 1024) return false;
  const bytes = new Uint8Array(length);
  stream.bytes.read(streamOffset, bytes);
  // A callback a byte would take longer than cutting the layer.
  return Buffer.compare(bytes, new Uint8Array(length)) === 0;
}
