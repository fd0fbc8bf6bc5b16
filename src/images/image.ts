import { statSync } from 'node:fs';
import type { ByteSource } from '../streams/source.ts';
import type { Tree } from '../trees/tree.ts';

/** A blob as a registry names it. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

export interface Layer {
  /** Digest of the uncompressed tar, `sha256:…`; verified before the layer is given out. */
  readonly diffId: string;
  /** The uncompressed tar, a file in the cache or the user's own. */
  readonly tar: ByteSource & { readonly path: string };
  /** The compressed blob as the registry delivered it, a file in the cache; absent where a provider built the layer. */
  readonly delivered?: Descriptor & { readonly path: string };
}

/** What of an image can be sent to another thread or process and opened there with `openImage`. */
export interface ImageDescriptor {
  readonly id: string;
  /** Identity of the content: sha256 over the layers' diff ids in order, `sha256:…`. */
  readonly digest: string;
  readonly layers: readonly {
    readonly diffId: string;
    readonly path: string;
    /** Of a tar outside of the cache, in which it has that diff id: see streams/file-state.ts. */
    readonly state?: string;
    readonly delivered?: Descriptor & { readonly path: string };
  }[];
  /** The OCI image configuration, exact bytes as text. */
  readonly config: string;
  /** What was read with a meaning that its documents contradict. */
  readonly warnings?: readonly string[];
}

/** An image whose every blob was verified, with its layers merged. */
export interface Image {
  readonly descriptor: ImageDescriptor;
  readonly layers: readonly Layer[];
  readonly tree: Tree;
}

/** Length of the uncompressed layers. */
export function layerBytes({ layers }: ImageDescriptor): number {
  return layers.reduce((sum, { path }) => sum + statSync(path).size, 0);
}
