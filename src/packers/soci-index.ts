import { readAll } from '../streams/source.ts';
import { makeBlob } from './blobs.ts';
import {
  type AnnotatedDescriptor,
  type LayerIndex,
  type LayerIndexes,
  MANIFEST_TYPE,
  type Store,
} from './packer.ts';

/**
 * The SOCI index (awslabs/soci-snapshotter, docs/soci-index-manifest-v2.md): a manifest that lists zTOCs, each with the
 * layer it is about. The image's manifest names it in an annotation; before version 2 it named the image as `subject`.
 */
const ANNOTATION = 'com.amazon.soci.index-digest';
const CONFIG_TYPE = 'application/vnd.amazon.soci.index.v2+json';
const LAYER_ANNOTATION = 'com.amazon.soci.image-layer-digest';
const LAYER_TYPE_ANNOTATION = 'com.amazon.soci.image-layer-mediaType';
const SPAN_ANNOTATION = 'com.amazon.soci.span-size';
const TOOL_ANNOTATION = 'com.amazon.soci.build-tool-identifier';
export const BUILD_TOOL = 'ocibench';
export const ZTOC_TYPE = 'application/octet-stream';

/** A zTOC as the index lists it. @param span least size of a span: bytes */
export function annotationsOf(
  { digest, mediaType }: AnnotatedDescriptor,
  span: number,
): Readonly<Record<string, string>> {
  return {
    [LAYER_ANNOTATION]: digest,
    [LAYER_TYPE_ANNOTATION]: mediaType,
    [SPAN_ANNOTATION]: String(span),
  };
}

export function writeSociIndex(indexes: readonly LayerIndex[]): LayerIndexes {
  const config = makeBlob('metadata', CONFIG_TYPE, new TextEncoder().encode('{}'));
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: config.descriptor,
    layers: indexes.map(({ blob }) => blob.descriptor),
    annotations: { [TOOL_ANNOTATION]: BUILD_TOOL },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  return {
    annotation: ANNOTATION,
    manifest: makeBlob('metadata', MANIFEST_TYPE, bytes),
    config,
    indexes,
  };
}

/** The zTOCs that an image's manifest leads to, by digest of the layer; none where no layer was long enough. */
export function readSociIndex(
  annotations: Readonly<Record<string, string>>,
  store: Store,
): ReadonlyMap<string, string> {
  const digest = annotations[ANNOTATION];
  if (digest === undefined) return new Map();
  const text = new TextDecoder().decode(readAll(store.blob(digest)));
  const { layers } = JSON.parse(text) as { readonly layers: readonly AnnotatedDescriptor[] };
  return new Map(
    layers.map((descriptor) => [
      descriptor.annotations?.[LAYER_ANNOTATION] ?? '',
      descriptor.digest,
    ]),
  );
}
