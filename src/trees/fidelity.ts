/** What of a tree's metadata a format keeps; bytes saved by dropping metadata are not a saving. */
export interface Fidelity {
  readonly mtime: 'nanoseconds' | 'seconds' | 'none';
  readonly hardlinks: boolean;
  readonly xattrs: boolean;
  readonly devices: boolean;
  readonly sparse: boolean;
  readonly ownerNames: boolean;
  readonly whiteouts: boolean;
}
