import type { RunModel } from '../results/run.ts';
import type { Fidelity } from '../trees/fidelity.ts';

/** Each part of the metadata as a reader knows it. */
export const FIDELITY_PARTS: readonly (readonly [key: keyof Fidelity, title: string])[] = [
  ['mtime', 'modification time'],
  ['hardlinks', 'hard links'],
  ['xattrs', 'extended attributes'],
  ['devices', 'device nodes'],
  ['sparse', 'sparse files'],
  ['ownerNames', 'owner names'],
  ['whiteouts', 'whiteouts'],
];

/** What the format drops, in words; nothing where nothing is packed. A squashed tree has no whiteouts to keep, so their absence is no loss of metadata. */
export function lost({ fidelity }: Pick<RunModel, 'fidelity'>): readonly string[] {
  if (!fidelity) return [];
  return FIDELITY_PARTS.filter(([key]) => key !== 'whiteouts').flatMap(([key, title]) => {
    const kept = fidelity[key];
    if (kept === 'seconds') return ['nanoseconds of modification times'];
    return kept === false || kept === 'none' ? [title] : [];
  });
}
