import type { MergedTree } from './layers.ts';
import { HOLE } from './tree.ts';

/**
 * Bytes of file contents that each layer carries and nobody sees: of files that a layer above, or a later entry of the same
 * one, replaces or takes away.
 */
export function shadowedBytes({ entries, carried }: MergedTree): readonly number[] {
  const shadowed = [...carried];
  for (const { segments } of new Set(entries.map(({ inode }) => inode))) {
    for (const { source, length } of segments) if (source !== HOLE) shadowed[source]! -= length;
  }
  return shadowed;
}
