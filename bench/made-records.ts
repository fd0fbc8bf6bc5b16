import type { Records } from './experiment.ts';

/** Records made up for tests of verdicts: every image updates the one before it, nothing was skipped. */
export function madeRecords(
  parts: Pick<Records, 'images' | 'models' | 'number'> & Partial<Records>,
): Records {
  return {
    updates: parts.images.slice(1),
    find: (...key) => parts.number(...key),
    contents: () => Promise.reject(new Error('no verdict here names files')),
    skipped: () => undefined,
    ...parts,
  };
}
