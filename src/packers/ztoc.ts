import { SkippedError } from '../errors.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { makeBlob, openLayers, readLength } from './blobs.ts';
import { layers } from './layers.ts';
import type {
  AnnotatedDescriptor,
  Blob,
  LayerIndex,
  PackedStream,
  Packer,
  Store,
} from './packer.ts';
import { annotationsOf, readSociIndex, writeSociIndex, ZTOC_TYPE } from './soci-index.ts';
import { listFiles } from './ztoc-files.ts';
import { readPlainSpan, readZtoc, writePlainSpan, writeZtoc } from './ztoc-format.ts';
import {
  digestSpan,
  equalSpans,
  findSpans,
  readCheckpoints,
  restoreSpans,
  writeCheckpoints,
} from './ztoc-spans.ts';

export interface ZtocOptions {
  /** Least content of a span: bytes. */
  readonly span: number;
  /** Shorter layers, as they are stored, have no index: bytes. */
  readonly least: number;
}

/**
 * Layers as they are, and beside them a zTOC for each long one: where its files lie, and what it takes to start reading at
 * every span (awslabs/soci-snapshotter, docs/glossary.md). Layers are restored from their spans.
 */
export function createZtoc({ span, least }: ZtocOptions): Packer {
  return {
    id: 'ztoc',

    pack(input) {
      const output = layers.pack(input);
      const indexes = output.layers.flatMap((blob, number) =>
        blob.bytes.length < least ? [] : indexLayer(blob, input.streams[number]!, number, span),
      );
      return indexes.length === 0 ? output : { ...output, layerIndexes: writeSociIndex(indexes) };
    },

    open({ layers: descriptors, annotations, store }) {
      const ztocs = readSociIndex(annotations, store);
      const opened = openLayers(descriptors, (descriptor) => {
        const ztoc = ztocs.get(descriptor.digest);
        return ztoc === undefined
          ? store.blob(descriptor.digest)
          : restoreLayer(descriptor, readAll(store.blob(ztoc)), store);
      });
      // What comes from spans is no longer compressed, and other layers still are, whatever compressed them.
      return { ...opened, readBy: 'delivered' };
    },
  };
}

function indexLayer(blob: Blob, stream: PackedStream, layer: number, size: number): LayerIndex {
  const { descriptor } = blob;
  const bytes = readAll(blob.bytes);
  const compression = compressionOf(descriptor);
  const spans = findSpans(bytes, compression, size);
  const checkpoints =
    compression === 'gzip' ? writeCheckpoints(spans, size) : writePlainSpan(size, bytes.length);
  const ztoc = writeZtoc({
    ...listFiles(stream.bytes),
    storedBytes: bytes.length,
    compression,
    digests: spans.map(({ offset, length }) => digestSpan(bytes.subarray(offset, offset + length))),
    checkpoints,
  });
  // A client looks at the header before the first block too.
  const ranges = spans.map(({ offset, length }, number) =>
    number === 0 ? { offset: 0, length: offset + length } : { offset, length },
  );
  const annotations = annotationsOf(descriptor, size);
  return { layer, spans: ranges, blob: makeBlob('metadata', ZTOC_TYPE, ztoc, annotations) };
}

function compressionOf({ digest, mediaType }: AnnotatedDescriptor): 'gzip' | 'uncompressed' {
  if (mediaType.endsWith('+gzip')) return 'gzip';
  if (mediaType.endsWith('.tar')) return 'uncompressed';
  throw new SkippedError(
    `SOCI has no index for ${mediaType}`,
    { layer: digest },
    'only layers of gzip or of nothing compressed have one: choose another model',
  );
}

/** The layer, not compressed. */
function restoreLayer(
  descriptor: AnnotatedDescriptor,
  bytes: Uint8Array,
  store: Store,
): ByteSource {
  const { compression, digests, checkpoints } = readZtoc(bytes);
  const { digest, size } = descriptor;
  const spans =
    compression === 'gzip'
      ? readCheckpoints(checkpoints, size)
      : equalSpans(readPlainSpan(checkpoints), size);
  const content = restoreSpans(spans, digests, readLength(descriptor), (offset, length) =>
    readAll(store.range(digest, offset, length)),
  );
  return new MemorySource(content);
}
