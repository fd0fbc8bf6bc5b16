/** What of a tree's metadata a format keeps; bytes saved by dropping metadata are not a saving. */
export interface Fidelity {
  /** Precision of modification times. */
  readonly mtime: 'nanoseconds' | 'seconds' | 'none';
  /** Which paths are one file. */
  readonly hardlinks: boolean;
  /** Extended attributes. */
  readonly xattrs: boolean;
  /** Devices and fifos. */
  readonly devices: boolean;
  /** Holes of sparse files. */
  readonly sparse: boolean;
  /** Names of owners beside their numbers. */
  readonly ownerNames: boolean;
  /** Marks of deleted files in the layers. */
  readonly whiteouts: boolean;
}

/** Keeps all of it: as the image's own layers do. */
export const EVERYTHING: Fidelity = {
  mtime: 'nanoseconds',
  hardlinks: true,
  xattrs: true,
  devices: true,
  sparse: true,
  ownerNames: true,
  whiteouts: true,
};
