import type { Figure } from '../src/results/verdict.ts';
import { named, type Records } from './records.ts';

type Made = Pick<Records, 'images' | 'number'> &
  Partial<Omit<Records, 'models' | 'model' | 'label'>> & {
    /** Canonical ids. */
    readonly models: readonly string[];
  };

/** Records made up for tests of verdicts: every step is an update unless said otherwise, nothing was skipped. */
export function madeRecords({ models, ...parts }: Made): Records {
  const { images, updates = images.slice(1) } = parts;
  const none = (): never => {
    throw new Error('no verdict here looks at an image, or at records one by one');
  };
  return {
    ...named(models),
    updates,
    starts: [],
    steps: updates.map((image) => ({ image, kind: 'update' as const })),
    find: (...key) => parts.number(...key),
    contents: () => Promise.reject(new Error('no verdict here names files')),
    skipped: () => undefined,
    view: { of: none, number: none } as never,
    observed: [],
    withImage: none,
    kept: (_what, _images, take) => take(),
    ...parts,
  };
}

/** Cases or figures of a finding as a test reads them: `t1, delta bsdiff: 0.5`. */
export function toldOf(figures: readonly Figure[]): readonly string[] {
  return figures.map(({ step, parameters, value }) => {
    const at = Object.entries(parameters).map(([name, one]) => `${name} ${one}`);
    return `${[step, ...at].join(', ')}: ${value === undefined ? 'none' : Number(value.toFixed(4))}`;
  });
}
