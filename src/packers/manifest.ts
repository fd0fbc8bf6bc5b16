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

/** Throws an InputError where the bytes are no manifest of an image that {@link writeManifest} described. */
export function readManifest(bytes: Uint8Array): Manifest & { readonly model: string } {
  const manifest = parse(bytes);
  const model = manifest?.annotations?.[MODEL_ANNOTATION];
  if (manifest?.mediaType !== MANIFEST_TYPE || typeof model !== 'string') {
    throw fault('this image was not packed by ocibench');
  }
  const { layers } = manifest;
  if (!Array.isArray(layers)) throw fault('the manifest lists no layers');
  const wrong = layers.findIndex((layer) => !isDescriptor(layer));
  if (wrong >= 0) throw fault(`layer ${wrong} of the manifest is no descriptor`);
  return { ...manifest, model };
}

function parse(bytes: Uint8Array): Manifest | null {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Manifest | null;
  } catch (cause) {
    throw fault('the manifest is not JSON', { cause });
  }
}

/** By hand, since a manifest may list a hundred thousand, and is read while throughput is measured. */
function isDescriptor(value: Partial<AnnotatedDescriptor> | null): boolean {
  const { mediaType, digest, size } = value ?? {};
  return (
    typeof mediaType === 'string' &&
    typeof digest === 'string' &&
    /^sha256:[0-9a-f]{64}$/.test(digest) &&
    Number.isSafeInteger(size) &&
    size! >= 0
  );
}

function fault(what: string, options: ErrorOptions = {}): InputError {
  return new InputError(what, {}, 'name a directory that `bench pack` wrote', options);
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
