import { concatenate, openLayers, sha256 } from './blobs.ts';
import type { Frame } from './framed.ts';
import type { Packer } from './packer.ts';
import { writeTarSplit } from './tar-split.ts';
import { positive, writeToc } from './toc.ts';
import { packWithToc } from './toc-layers.ts';

/**
 * `tar-split`, as containers/storage writes today: with tar-split data, so that a client that pulled chunks can make the layer again
 * and hold it against its digest. Without, a client does not pull by chunks unless told that it may. `plain`, as it wrote in 2022 (skopeo
 * 1.9), under other names of annotations.
 */
export const FORMS = ['tar-split', 'plain'] as const;
export type Form = (typeof FORMS)[number];

const PREFIXES: Readonly<Record<Form, string>> = {
  'tar-split': 'io.github.containers.zstd-chunked.',
  plain: 'io.containers.zstd-chunked.',
};
const CHECKSUM = 'manifest-checksum';
const POSITION = 'manifest-position';
const TAR_SPLIT = 'tarsplit-position';

/**
 * zstd:chunked (containers/storage, pkg/chunked/compressor): a frame per chunk and one for what lies between contents;
 * then, in skippable frames that every decompressor passes over, the table of contents, tar-split data, each as a zstd frame, and a footer
 * that says where they are.
 */
export function createZstdChunked(form: Form): Packer {
  const prefix = PREFIXES[form];
  return {
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
      index(rows, layer, codec) {
        const split = form === 'tar-split' ? writeTarSplit(layer.tar) : undefined;
        const stored = split && codec.compress(split);
        const json = writeToc(rows, stored ? { tarSplitDigest: `sha256:${sha256(stored)}` } : {});
        const toc = codec.compress(json);
        const offset = layer.bytes.length + SKIPPABLE_HEADER;
        const position = [offset, toc.length, json.length, MANIFEST_VERSION];
        const splitOffset = offset + toc.length + SKIPPABLE_HEADER;
        const splitPosition = stored ? [splitOffset, stored.length, split.length] : [];
        // Today's footer has places for tar-split data that a layer with sparse files lacks.
        const places = form === 'tar-split' && !stored ? [0, 0, 0] : splitPosition;
        return {
          bytes: concatenate([
            ...skippable(toc),
            ...(stored ? skippable(stored) : []),
            ...skippable(footer([...position, ...places])),
          ]),
          annotations: {
            [prefix + CHECKSUM]: `sha256:${sha256(toc)}`,
            [prefix + POSITION]: position.join(':'),
            ...(stored ? { [prefix + TAR_SPLIT]: splitPosition.join(':') } : {}),
          },
          diffId: layer.digest,
        };
      },
      isFetched: (frame) => frame.stream.hasContent === true && !isHole(frame),
    }),

    open: ({ layers, store }) =>
      openLayers(layers, (descriptor) => {
        // The frames alone: what follows is no part of the layer.
        const position = descriptor.annotations?.[prefix + POSITION] ?? '';
        const offset = Number(position.split(':')[0]) - SKIPPABLE_HEADER;
        return store.range(descriptor.digest, 0, offset);
      }),
  };
}

function footer(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * (numbers.length + 1));
  const view = new DataView(bytes.buffer);
  for (const [index, number] of [...numbers.map(BigInt), FOOTER_MAGIC].entries()) {
    view.setBigUint64(8 * index, number, true);
  }
  return bytes;
}

const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_HEADER = 8;
const MANIFEST_VERSION = 1;
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
