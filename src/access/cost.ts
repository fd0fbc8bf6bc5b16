import type { Range, Request } from '../fetchers/fetcher.ts';

/** A file that a client wants. */
export interface FileAccess {
  /** In the merged tree, UTF-8, with or without a slash before it. Symlinks are not followed. */
  readonly path: string;
  /** Parts of its content that are wanted; absent for all of it. */
  readonly ranges?: readonly Range[];
}

/** What a client that holds nothing fetches. */
export interface AccessCost {
  /** Bodies, as `transfer.bytes` counts them. */
  readonly bytes: number;
  readonly requests: number;
  /** Generations of requests that must wait for the one before. */
  readonly roundTrips: number;
  /** The requests of each round trip. */
  readonly plan: readonly (readonly Request[])[];
}

export interface AccessOptions {
  /** Fetches the configuration of the image too, as a runtime does that is to start a program. Default false. */
  readonly configuration?: boolean;
  /**
   * All that is fetched must follow from the digest of the manifest. Where an index has no digest that
   * the manifest leads to, the whole blob is fetched. Default false.
   */
  readonly isProven?: boolean;
}
