import type { Image } from '../../src/images/image.ts';

/** What each file of a peer says: how its program is built, run beside ours, and what came of it. */
export interface Peer {
  /** As on the command line; names its files. */
  readonly name: string;
  /** Presets and chunkers of ours that follow it. */
  readonly follows: readonly string[];
  /** The owner's name of what runs: `desync`. */
  readonly title: string;
  /** Of what runs: pinned where it is built, else as the program states it. */
  version(): string;
  /** Builds what is not there yet; throws with the reason where that is not possible. */
  build(place: Place): void;
  /** Runs it and ours on one image. */
  compare(place: Place, input: Input): Promise<readonly Comparison[]>;
}

export interface Place {
  /** What is built stays here. */
  readonly folder: string;
  /** For the results of one comparison: empty before and removed after it. */
  readonly work: string;
}

/** One image in all forms that programs take. */
export interface Input {
  readonly name: string;
  readonly image: Image;
  /** Path of its canonical tar. */
  readonly tar: string;
  /** Path of its catar stream. */
  readonly catar: string;
  /** Path of the directory it was extracted into. */
  readonly tree: string;
}

/** One figure of theirs beside ours. */
export interface Comparison {
  /** Parameters that were given to both, or `defaults` of theirs. */
  readonly parameters: string;
  /** What is compared: `chunks`, `bytes of the store`. */
  readonly what: string;
  readonly theirs: number;
  readonly ours: number;
  /** Whether what the figure counts is the same, byte for byte or name for name. */
  readonly isSame: boolean;
  /** What the same means, or where the difference lies: checked by the comparison, not believed. */
  readonly why: string;
}
