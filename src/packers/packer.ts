import type { Codec } from '../codecs/codec.ts';
import type { Descriptor } from '../images/image.ts';
import type { ObjectTable } from '../objects/objects.ts';
import type { Pieces } from '../objects/work.ts';
import type { StreamReference } from '../serialisers/serialiser.ts';

/** Objects → blobs as they lie in a registry. */

/** A descriptor with the annotations a client needs to read what it names. */
export interface AnnotatedDescriptor extends Descriptor {
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An OCI image manifest, the fields that are used here (image-spec, manifest.md). */
export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly config: AnnotatedDescriptor;
  readonly layers: readonly AnnotatedDescriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Blob {
  readonly descriptor: AnnotatedDescriptor;
  readonly bytes: Uint8Array;
  /** Content carries files; metadata says how to find or arrange them. */
  readonly role: 'content' | 'metadata';
}

/** What a packer is given: everything about one image, compressed but not yet laid out. */
export interface PackInput {
  readonly objects: ObjectTable;
  /** The compressed objects, in the order of the table. */
  readonly stored: Pieces;
  /** Per stream: its length and the numbers of its objects, in order. */
  readonly streams: readonly { readonly length: number; readonly objects: Uint32Array }[];
  /** Metadata root, uncompressed; absent where the streams say it all. */
  readonly root: Uint8Array | undefined;
  readonly codec: Codec;
  /** Media type of one uncompressed stream. */
  readonly streamMediaType: string;
  /** Bounds the chunker was given, for indexes that state them: bytes. */
  readonly bounds: ChunkBounds;
}

export interface ChunkBounds {
  readonly minimum: number;
  readonly average: number;
  readonly maximum: number;
}

export interface PackOutput {
  /** Blobs that the manifest lists as layers, in order. */
  readonly layers: readonly Blob[];
  /** True where every object is a thing of its own in the store, named by the digest of its content. */
  readonly loose: boolean;
  /**
   * Where the stored objects lie in the only layer, and where its index does; absent where the layer has none.
   * Bytes; one offset an object.
   */
  readonly placement?: Placement;
}

export interface Placement {
  readonly offsets: Float64Array;
  readonly indexOffset: number;
  readonly indexLength: number;
}

/** Everything a registry would keep of one image. */
export interface Packed {
  readonly manifest: Uint8Array;
  readonly config: Blob;
  readonly output: PackOutput;
  readonly objects: ObjectTable;
  readonly stored: Pieces;
  readonly streamBytes: number;
  /** Lengths of all chunks of all streams, in order: bytes. */
  readonly chunkLengths: Float64Array;
  /** Longest chunk the chunker may cut: bytes; undefined where it has no bound. */
  readonly longestChunk: number | undefined;
}

/** Reads what a client can get at: whole blobs and ranges by digest, loose objects by the digest of their content. */
export interface Store {
  blob(digest: string): Uint8Array;
  range(digest: string, offset: number, length: number): Uint8Array;
  object(name: string): Uint8Array;
}

/** A packed image, opened: what is needed to rebuild its streams. */
export interface Opened {
  readonly objects: {
    readonly count: number;
    readonly digests: Uint8Array;
    readonly lengths: Float64Array;
  };
  /** Compressed bytes of one object. */
  stored(number: number): Uint8Array;
  readonly streams: readonly Uint32Array[];
  readonly root: Uint8Array | undefined;
}

export interface OpenInput {
  readonly layers: readonly AnnotatedDescriptor[];
  readonly store: Store;
  readonly codec: Codec;
  /** How to read stream references from a metadata root, for serialisers that write one. */
  readonly readReferences: ((root: Uint8Array) => readonly StreamReference[]) | undefined;
}

export interface Packer {
  readonly id: string;
  pack(input: PackInput): PackOutput;
  open(input: OpenInput): Opened;
}

/** Annotation with the length of a blob's content before compression: bytes. */
export const LENGTH_ANNOTATION = 'org.ocibench.length';
/** Annotation with the sha256 of a blob's content before compression, hexadecimal. */
export const DIGEST_ANNOTATION = 'org.ocibench.sha256';
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
