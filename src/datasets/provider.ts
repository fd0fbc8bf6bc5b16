import type { ZodType } from 'zod';
import type { Descriptor, ImageDescriptor } from '../images/image.ts';
import type { RegistryContext } from '../images/registry/registry.ts';

/** Where images come from. A provider turns one `source` of a manifest into a verified image in the cache. */

export interface FetchContext extends RegistryContext {
  /** Debian mirror from the command line. */
  readonly mirror?: string;
  /** What blobs of the cache may take after each fetch, bytes, unless runs that go on need more; no bound where absent. */
  readonly cacheBytes?: number;
  /** Of the manifest: relative paths count from here. */
  readonly baseDirectory: string;
  progress(message: string, done?: number, total?: number): void;
}

export interface Missing extends Pick<Descriptor, 'digest' | 'size'> {
  /** From where it would come, for people: an address, or what is known of it. */
  readonly url?: string;
}

/** What is known of an image before it is fetched; what is absent is not known. */
export interface Outlook {
  /** Blobs that the network would bring: what the cache has is left out. */
  readonly missing?: readonly Missing[];
  /** Length of its uncompressed layers, where they are still to be made. */
  readonly layerBytes?: number;
  /** Where all of it is in the cache. */
  readonly image?: ImageDescriptor;
}

/** One image of a source that stands for several. */
export interface Member {
  /** What tells it from the others. */
  readonly name: string;
  readonly title: string;
  /** Of an image that another provider brings. */
  readonly source: { readonly type: string };
  readonly pins: unknown;
}

export interface Provider<Source> {
  readonly type: string;
  readonly title: string;
  readonly schema: ZodType<Source>;
  /**
   * What the image is, as text that changes whenever its bytes would: part of the dataset's digest. `pins` is what the
   * lock file holds for the image.
   */
  identity(source: Source, baseDirectory: string, pins: unknown): string | Promise<string>;
  fetch(
    source: Source,
    image: { readonly id: string },
    pins: unknown,
    context: FetchContext,
  ): Promise<ImageDescriptor>;
  /** Of `pins`; what a lock file holds is checked against it when the dataset is loaded. */
  readonly pinsSchema?: ZodType;
  /** What the pins hold, for people. */
  describePins?(pins: unknown): string;
  /** Bytes of what is delivered, by what the pins or the file say; undefined where they do not. Absent where they never do. */
  pinnedBytes?(source: Source, pins: unknown, baseDirectory: string): number | undefined;
  /** Resolves what may move (versions, tags) to what may not; absent where nothing moves. */
  pin?(source: Source, image: { readonly id: string }, context: FetchContext): Promise<unknown>;
  /** What fetching would take; nothing is fetched or written. Absent where nothing is known before. */
  outlook?(
    source: Source,
    image: { readonly id: string },
    pins: unknown,
    context: FetchContext,
  ): Promise<Outlook>;
  /** Of a source that stands for a series: its images, as the pins have them, in order. The first takes the step that the manifest declares. */
  expand?(source: Source, pins: unknown): readonly Member[];
  /** The provider as this source needs it: one whose pins are those of a source inside it. */
  bind?(source: Source): AnyProvider;
}

/** A provider whose source is known only when the manifest was checked against its schema. */
export type AnyProvider = Omit<Provider<never>, 'schema'> & { readonly schema: ZodType };
