import { sha256 } from './blobs.ts';
import { MANIFEST_TYPE } from './packer.ts';

/** A delta between two images as it lies in a registry: a manifest of its own, whose subject is the image, and one blob. */
export interface DeltaFacts {
  /** sha256 of the canonical tar that the client must hold: 32 bytes. */
  readonly base: Uint8Array;
  /** Of the delta: `sha256:…`. */
  readonly digest: string;
  /** Bytes of the delta. */
  readonly size: number;
  /** Of its manifest: `sha256:…`. */
  readonly manifestDigest: string;
  /** Bytes of its manifest. */
  readonly manifestBytes: number;
  /** Processor time of the program that made it and of the one that applied it: milliseconds. */
  readonly generateMs: number;
  readonly applyMs: number;
}

const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';
const DELTA_TYPE = 'application/vnd.ocibench.delta';

/**
 * The manifest of a delta: image-spec, manifest.md, with `subject`. Its tag follows from the digests of the two tars, so
 * that a client asks for it at once.
 *
 * @param image the manifest of the image that the delta leads to
 */
export function writeDeltaManifest(
  image: Uint8Array,
  base: Uint8Array,
  delta: Uint8Array,
  model: string,
): Uint8Array {
  const empty = new TextEncoder().encode('{}');
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: DELTA_TYPE,
    config: {
      mediaType: EMPTY_TYPE,
      digest: `sha256:${sha256(empty)}`,
      size: empty.length,
      data: 'e30=',
    },
    layers: [
      {
        mediaType: DELTA_TYPE,
        digest: `sha256:${sha256(delta)}`,
        size: delta.length,
        annotations: {
          'org.ocibench.base': `sha256:${Buffer.from(base).toString('hex')}`,
          'org.ocibench.model': model,
        },
      },
    ],
    subject: {
      mediaType: MANIFEST_TYPE,
      digest: `sha256:${sha256(image)}`,
      size: image.length,
    },
  };
  return new TextEncoder().encode(JSON.stringify(manifest));
}
