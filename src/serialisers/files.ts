import { contentSource } from '../trees/content.ts';
import { filesOf, readRoot, sortEntries, writeRoot } from './root.ts';
import type { RootedSerialiser } from './serialiser.ts';

/** One stream per distinct file, metadata in one flat root (root.ts), as the OCIv2 proof of concept and ostree divide them. */
export const files: RootedSerialiser = {
  id: 'files',
  fidelity: {
    mtime: 'nanoseconds',
    hardlinks: true,
    xattrs: true,
    devices: true,
    sparse: false,
    ownerNames: true,
    whiteouts: false,
  },
  serialise({ tree }) {
    const entries = sortEntries(tree);
    return {
      streams: filesOf(entries).map((inode) => ({ bytes: contentSource(tree, inode) })),
      root: (references) => writeRoot(entries, references),
    };
  },
  readReferences: (root) => readRoot(root).references,
  restore: (streams, root) => ({
    entries: readRoot(root ?? new Uint8Array(0)).entries,
    sources: streams,
  }),
};
