import type { Codec } from '../codecs/codec.ts';
import type { Descriptor } from '../images/image.ts';
import type { ObjectTable } from '../objects/objects.ts';
import type { Pieces } from '../objects/work.ts';
import type { ReadObject, Stream, StreamReference } from '../serialisers/serialiser.ts';
import type { ByteSource } from '../streams/source.ts';

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
  readonly bytes: ByteSource;
  /** Content carries files; metadata says how to find or arrange them. */
  readonly role: 'content' | 'metadata';
}

/** What a packer is given: everything about one image, compressed but not yet laid out. */
export interface PackInput {
  readonly objects: ObjectTable;
  /** The compressed objects, in the order of the table. */
  readonly stored: Pieces;
  readonly streams: readonly PackedStream[];
  /** Metadata root, uncompressed; absent where the streams say it all. */
  readonly root: Uint8Array | undefined;
  readonly codec: Codec;
  /** Media type of one uncompressed stream. */
  readonly streamMediaType: string;
  /** Bounds the chunker was given, for indexes that state them: bytes. */
  readonly bounds: ChunkBounds;
  /** sha256 of the blobs that {@link Packer.storedBlobs} foretold, 32 bytes each, where somebody computed them. */
  readonly blobDigests?: Uint8Array;
}

export interface PackedStream extends Stream {
  /** Bytes. */
  readonly length: number;
  /** Numbers of its objects, in order. */
  readonly objects: Uint32Array;
}

export interface ChunkBounds {
  readonly minimum: number;
  readonly average: number;
  readonly maximum: number;
}

export interface PackOutput {
  /** Blobs that the manifest lists as layers, in order. */
  readonly layers: readonly Blob[];
  /** Digests of the layers before compression, `sha256:…`, where the layers are those of an OCI image. */
  readonly diffIds?: readonly string[];
  /** True where every object is a thing of its own in the store, named by the digest of its content. */
  readonly loose: boolean;
  /** Where the stored objects lie in the layers; absent where a layer can only be had whole. */
  readonly placement?: Placement;
  /** Indexes of layers that are no layers themselves. */
  readonly layerIndexes?: LayerIndexes;
  /** Layers with objects are packs of this size that a series shares: see PackStore. */
  readonly packs?: PackLimits;
}

/** Where a client finds objects by Range. */
export interface Placement {
  /** Number of the layer that holds each object. */
  readonly layers: Uint32Array;
  /** Where each object starts in its layer: bytes; −1 where no client needs it. */
  readonly offsets: Float64Array;
  /** Bytes of each layer that are its own index; 0 where a metadata layer says where its objects lie. */
  readonly indexLengths: Float64Array;
}

/** An artifact beside the image (image-spec, manifest.md): a manifest of its own, and an index for some of the layers. */
export interface LayerIndexes {
  /** Annotation of the image's manifest that has the digest of the artifact's. */
  readonly annotation: string;
  readonly manifest: Blob;
  readonly config: Blob;
  readonly indexes: readonly LayerIndex[];
}

export interface LayerIndex {
  readonly blob: Blob;
  /** Number of the layer that it is about. */
  readonly layer: number;
  /** Parts of that layer that a client can read by themselves; together they are all of it. Bytes. */
  readonly spans: readonly { readonly offset: number; readonly length: number }[];
}

/** Most that one pack holds. */
export interface PackLimits {
  readonly bytes: number;
  readonly objects: number;
}

/** What a divided metadata root makes of the objects: see Metadata. */
export interface ObjectRounds {
  /** Objects from this number on are metadata. */
  readonly metadataFrom: number;
  /** Of each object: the dependent round after the root's in which a client knows it, from 1. */
  readonly generations: Uint16Array;
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
  /** Where the objects of a divided metadata root begin, and in which round a client knows each object; absent without one. */
  readonly rounds?: ObjectRounds;
  /** Longest chunk the chunker may cut: bytes; undefined where it has no bound. */
  readonly longestChunk: number | undefined;
}

/** All blobs of a registry that belong to an image, each at least once; the manifest of the image is not among them. */
export function blobsOf({ config, output }: Pick<Packed, 'config' | 'output'>): readonly Blob[] {
  const { layers, layerIndexes } = output;
  if (!layerIndexes) return [config, ...layers];
  const { manifest, indexes } = layerIndexes;
  return [config, ...layers, manifest, layerIndexes.config, ...indexes.map(({ blob }) => blob)];
}

/** Reads what a client can get at: whole blobs and ranges by digest, loose objects by the digest of their content. */
export interface Store {
  blob(digest: string): ByteSource;
  /** Throws a VerificationError where the blob ends before. */
  range(digest: string, offset: number, length: number): ByteSource;
  object(name: string): ByteSource;
}

/** A packed image, opened: what is needed to rebuild its streams. */
export interface Opened {
  readonly objects: {
    readonly count: number;
    readonly digests: Uint8Array;
    readonly lengths: Float64Array;
  };
  /** Compressed bytes of one object. */
  stored(number: number): ByteSource;
  /** Id of the codec that reads these; absent where it is that of the model. */
  readonly readBy?: string;
  readonly streams: readonly Uint32Array[];
  readonly root: Uint8Array | undefined;
}

export interface OpenedRoot {
  /** In one piece. */
  readonly root: Uint8Array;
  readonly references: readonly StreamReference[];
}

export interface OpenInput {
  readonly layers: readonly AnnotatedDescriptor[];
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly store: Store;
  readonly codec: Codec;
  /** How to read a metadata root, for serialisers that write one. @param read objects that a divided root leads to */
  readonly openRoot: ((root: Uint8Array, read: ReadObject) => OpenedRoot) | undefined;
}

export interface Packer {
  readonly id: string;
  /** Lengths of the blobs that the stored objects, end to end, are divided into: bytes. Absent where blobs hold more than these. */
  storedBlobs?(storedLengths: Float64Array): Float64Array;
  pack(input: PackInput): PackOutput;
  open(input: OpenInput): Opened;
}

/** Annotation with the length of a blob's content before compression: bytes. */
export const LENGTH_ANNOTATION = 'org.ocibench.length';
/** Annotation with the sha256 of a blob's content before compression, hexadecimal. */
export const DIGEST_ANNOTATION = 'org.ocibench.sha256';
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
