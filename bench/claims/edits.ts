import type { Maybe } from '../../src/stats/mod.ts';
import type { ClaimBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { type Claim, caseOf, type OpenCase, type Step, stepsOf } from './claim.ts';

/** What the claims about small changes share: datasets of declared edits. */

/**
 * Steps to images of dataset `edits`; those that end in `-layer` leave the other layers as they are. Other times of everything
 * are a rebuild to the dataset, and an edit like the others to a claim.
 */
export function editsNamed(records: Records, name: RegExp): readonly Step[] {
  return stepsOf(records, ['edit', 'rebuild'])
    .filter(({ step }) => name.test(step))
    .map((one) => ({ ...one, kind: 'edit' }));
}

/** Edits of everything, or of all of `/usr`: `chmod-all` and `chown-all` are of one drawn directory, which may be small. */
export const OF_NEARLY_ALL: RegExp = /^(touch-all|chmod-usr|chown-usr)(-layer)?$/;

export const EDITS: readonly string[] = ['edits'];
/** As they are delivered, squashed, by files, by chunks with the metadata inside and apart. */
export const EDITED: readonly string[] = ['oci-gzip', 'tar-zstd', 'per-file', 'catar', 'puzzlefs'];

export const SARAI: Claim['said'] = [
  {
    who: 'Aleksa Sarai',
    where: 'Container Images Considered Harmful, linux.conf.au',
    date: '2020-01',
  },
];

/** A case of each edit of these names by each model. */
export function editCases(
  records: Records,
  names: RegExp,
  bar: ClaimBar,
  value: (step: Step, model: string) => Maybe,
): readonly OpenCase[] {
  return editsNamed(records, names).flatMap((one) =>
    records
      .models(...EDITED)
      .map((model) => caseOf(one, { format: records.label(model) }, value(one, model), bar)),
  );
}
