import { contentSource } from '../trees/content.ts';
import { flattenMerkleRoot, writeMerkleRoot } from './merkle.ts';
import { filesOf, keepEntries, keptEntries, readRoot, sortEntries, writeRoot } from './root.ts';
import type { MerkleSerialiser, RootedSerialiser } from './serialiser.ts';

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
      root: (references) => ({ root: writeRoot(entries, references) }),
    };
  },
  readReferences(root) {
    const { entries, references } = readRoot(root);
    keepEntries(root, entries);
    return references;
  },
  restore: (streams, root = new Uint8Array(0)) => ({
    entries: keptEntries(root) ?? readRoot(root).entries,
    sources: streams,
  }),
};

/** The same streams, with one metadata object per directory (merkle.ts), as ostree and the first OCIv2 drafts have it. */
export const merkleFiles: MerkleSerialiser = {
  ...files,
  id: 'merkle-files',
  serialise({ tree }) {
    const entries = sortEntries(tree);
    return {
      streams: filesOf(entries).map((inode) => ({ bytes: contentSource(tree, inode) })),
      root: (references) => writeMerkleRoot(entries, references),
    };
  },
  flatten: flattenMerkleRoot,
};
