import type { Image } from '../images/image.ts';
import type { ByteSource } from '../streams/source.ts';
import type { Fidelity } from '../trees/fidelity.ts';
import type { TarEntry } from '../trees/tar.ts';
import type { Tree } from '../trees/tree.ts';

/** Ordered bytes that a model stores. */
export interface Stream {
  readonly bytes: ByteSource;
  /** Index of the layer this stream is the tar of, or a part of; only where layers are known. */
  readonly layer?: number;
  /** One chunk whatever the chunker says. */
  readonly isUncut?: boolean;
  /** Of a part of a layer: the entries whose headers it holds. */
  readonly entries?: readonly TarEntry[];
  /** Of a part of a layer: the entry that it is the whole content of. */
  readonly contentOf?: TarEntry;
  /** Of a part of a layer: contents lie in it, whether it is one or has some among its headers. */
  readonly hasContent?: boolean;
}

/** A stored stream as the metadata root refers to it. */
export interface StreamReference {
  /** Length of the stream, bytes. */
  readonly length: number;
  readonly chunks: readonly { readonly digest: Uint8Array; readonly length: number }[];
}

export interface Serialised {
  readonly streams: readonly Stream[];
  /**
   * Formats that keep metadata apart from content write it once the content's digests are known, from one reference per
   * stream, in order. Absent where the streams say it all.
   */
  readonly root?: (references: readonly StreamReference[]) => Metadata;
}

export interface Metadata {
  /** What a client reads first. */
  readonly root: Uint8Array;
  /** What the root leads to, where it is divided: stored like content, each with its generation. */
  readonly objects?: readonly { readonly bytes: Uint8Array; readonly generation: number }[];
  /** Of each stream: after how many dependent rounds a client that starts with the root knows it; 1 everywhere where absent. */
  readonly generations?: readonly number[];
}

/** Content of an object by its digest, verified. @param length of the content: bytes */
export type ReadObject = (digest: Uint8Array, length: number) => Uint8Array;

/** Image → streams and back. Output depends on the image alone: not on order of entries in memory, clock, locale or umask. */
export interface Serialiser {
  /** Canonical id: `layers`, `tar`, `stream:order=package`. */
  readonly id: string;
  readonly fidelity: Fidelity;
  serialise(image: Image): Serialised;
  /**
   * Restores the tree, within {@link fidelity}, from the streams in order and the metadata root. Throws an InputError
   * where the bytes are not of this format.
   */
  restore(streams: readonly ByteSource[], root: Uint8Array | undefined): Tree;
}

/** Formats with a root read the stream references back from it, before any stream exists: what an unpacker fetches first. */
export interface RootedSerialiser extends Serialiser {
  readReferences(root: Uint8Array): readonly StreamReference[];
}

/** Formats with a divided root make one of it first; that is what `readReferences` and `restore` take. */
export interface MerkleSerialiser extends RootedSerialiser {
  flatten(root: Uint8Array, read: ReadObject): Uint8Array;
}
