import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { IMPLIED_DIRECTORY } from '../trees/node.ts';
import { concatenate, openLayers, readLength, sha256 } from './blobs.ts';
import type { Packer } from './packer.ts';
import { stargzTime, writeStargzToc } from './stargz-toc.ts';
import { positive } from './toc.ts';
import { packWithToc } from './toc-layers.ts';

const TOC_NAME = 'stargz.index.json';
const TOC_DIGEST_ANNOTATION = 'containerd.io/snapshot/stargz/toc.digest';
const SIZE_ANNOTATION = 'io.containers.estargz.uncompressed-size';
/** What the library cuts files into unless told. */
const CHUNK_SIZE = 4 << 20;
const EMPTY_DIGEST = `sha256:${sha256(new Uint8Array(0))}`;
const OFFSET_ANNOTATION = 'org.ocibench.index.offset';

/**
 * eStargz (containerd/stargz-snapshotter, docs/estargz.md): a gzip member per chunk and one for what lies between
 * contents; then a member with a tar of the table of contents, and an empty one whose header says where that starts. The
 * layer's own tar is kept byte for byte, as the lossless mode of the tool does: no landmark is added, and the table follows
 * the end of the archive.
 */
export const estargz: Packer = {
  id: 'estargz',

  pack: packWithToc({
    style: {
      entry: ({ type, size, mtime, userName, groupName }) => ({
        modtime: stargzTime(mtime),
        ...(userName === '' ? {} : { userName }),
        ...(groupName === '' ? {} : { groupName }),
        ...(type === 'file' && size === 0 ? { digest: EMPTY_DIGEST } : {}),
      }),
      chunk(chunks, index, chunkDigest) {
        const { length } = chunks[index]!;
        const full = chunks.length > 1 ? chunks[0]!.length : CHUNK_SIZE;
        // A chunk without a size goes to the end of the file.
        const isShort = index === chunks.length - 1 && length !== full;
        return { ...(isShort ? {} : positive('chunkSize', length)), chunkDigest };
      },
    },
    index(rows, layer, codec) {
      const toc = writeStargzToc(rows);
      const tocTar = tarOf(toc);
      const offset = layer.bytes.length;
      return {
        bytes: concatenate([codec.compress(tocTar), footer(offset)]),
        annotations: {
          [TOC_DIGEST_ANNOTATION]: `sha256:${sha256(toc)}`,
          [SIZE_ANNOTATION]: String(layer.length + tocTar.length),
          [OFFSET_ANNOTATION]: String(offset),
        },
        diffId: layer.digestWith(tocTar),
      };
    },
    isFetched: ({ stream }) => stream.hasContent === true,
  }),

  open: ({ layers, store }) =>
    openLayers(layers, (descriptor) =>
      store.range(descriptor.digest, 0, readLength(descriptor, OFFSET_ANNOTATION)),
    ),
};

/** A tar whose only entry is the table of contents. */
function tarOf(json: Uint8Array): Uint8Array {
  const segments = [{ source: 0, offset: 0, length: json.length }];
  const inode = { ...IMPLIED_DIRECTORY, type: 'file' as const, mode: 0, segments };
  const entries = [{ path: TOC_NAME, inode: { ...inode, size: json.length } }];
  return readAll(treeToTar({ entries, sources: [new MemorySource(json)] }));
}

/** An empty gzip member of 51 bytes; its extra field `SG` has the offset in 16 hexadecimal digits, then STARGZ. */
function footer(offset: number): Uint8Array {
  const field = Buffer.from(`${offset.toString(16).padStart(16, '0')}STARGZ`, 'latin1');
  const header = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff];
  const extra = [4 + field.length, 0, 0x53, 0x47, field.length, 0];
  // One stored block without content; then checksum and length, both 0.
  const body = [1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
  return Uint8Array.from([...header, ...extra, ...field, ...body]);
}
