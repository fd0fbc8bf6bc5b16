import { InputError } from '../errors.ts';
import { type AnnotatedDescriptor, CONFIG_TYPE, MANIFEST_TYPE, type Manifest } from './packer.ts';

/** Annotation that names the model an image was packed by, so that it can be unpacked without being told. */
export const MODEL_ANNOTATION = 'org.ocibench.model';

export function writeManifest(
  config: AnnotatedDescriptor,
  layers: readonly AnnotatedDescriptor[],
  model: string,
  more: Readonly<Record<string, string>> = {},
): Uint8Array {
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config,
    layers,
    annotations: { [MODEL_ANNOTATION]: model, ...more },
  };
  return new TextEncoder().encode(JSON.stringify(manifest));
}

export function readManifest(bytes: Uint8Array): Manifest & { readonly model: string } {
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
  const model = manifest.annotations?.[MODEL_ANNOTATION];
  if (manifest.mediaType !== MANIFEST_TYPE || typeof model !== 'string') {
    throw new InputError(
      'this image was not packed by ocibench',
      {},
      'name a directory that `bench pack` wrote',
    );
  }
  return { ...manifest, model };
}

/**
 * The image configuration for other layers: everything as it was but `rootfs.diff_ids` (image-spec, config.md), which
 * must name the uncompressed layers that are really there.
 */
export function configWithLayers(config: string, diffIds: readonly string[]): Uint8Array {
  const parsed = JSON.parse(config) as Record<string, unknown>;
  const rootfs = { type: 'layers', diff_ids: diffIds };
  return new TextEncoder().encode(JSON.stringify({ ...parsed, rootfs }));
}

export { CONFIG_TYPE };
