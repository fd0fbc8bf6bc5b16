import { differences } from '../../src/trees/compare.ts';
import { EVERYTHING, type Fidelity } from '../../src/trees/fidelity.ts';
import type { EntryType, Tree } from '../../src/trees/tree.ts';
import type { Comparison } from './peer.ts';

/**
 * A tree that somebody read of what another wrote, beside the one it was.
 *
 * @param kept less than everything, where a form loses it
 * @param timeless types whose times the reader does not set
 */
export function compareTrees(
  parameters: string,
  original: Tree,
  read: Tree,
  kept: Partial<Fidelity> = {},
  timeless: readonly EntryType[] = [],
): Comparison {
  const paths = original.entries.length;
  const types = new Map(original.entries.map(({ path, inode }) => [path, inode.type]));
  // An entry may differ in several ways.
  const all = differences(original, read, { ...EVERYTHING, ...kept }, Number.POSITIVE_INFINITY);
  const found = all.filter(
    ({ path, what }) => !(what.startsWith('mtime ') && timeless.includes(types.get(path)!)),
  );
  const times = all.length - found.length;
  const differing = new Set(found.map(({ path }) => path)).size;
  const equal =
    times === 0
      ? 'the tree is equal'
      : `equal but for the times of ${times} entries, each a ${timeless.join(' or a ')}`;
  return {
    parameters,
    what: 'paths as they were',
    theirs: paths - differing,
    ours: paths,
    isSame: found.length === 0,
    why: found.length === 0 ? equal : `${found.length} differences, the first: ${found[0]}`,
  };
}

/** Why a reader of theirs takes nothing of ours. */
export function refused(parameters: string, { entries }: Tree, error: unknown): Comparison {
  return {
    parameters,
    what: 'paths as they were',
    theirs: 0,
    ours: entries.length,
    isSame: false,
    why: `it refuses: ${error instanceof Error ? error.message : String(error)}`,
  };
}
