import type { Maybe } from '../../src/stats/mod.ts';
import { BYTES_RESOLUTION, type ClaimBar } from '../../src/verdicts/case.ts';
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

const LAYER = /-layer$/;

/**
 * Cases of each edit of these names by each model. The step is the edit: an image that is made anew, and a layer on top, are two
 * forms of one. By a format that moves the same in both, as all that keep no layers do, they are one case; else each form
 * is a format of its own, `oci-gzip (a layer on top)`.
 */
export function editCases(
  records: Records,
  names: RegExp,
  bar: ClaimBar,
  value: (step: Step, model: string) => Maybe,
): readonly OpenCase[] {
  const steps = editsNamed(records, names);
  return records.models(...EDITED).flatMap((model) => {
    const cases = steps.map((one) => ({ one, value: value(one, model) }));
    const anew = new Map(cases.map((own) => [own.one.step, own.value]));
    const isLayer = ({ one }: (typeof cases)[number]): boolean => LAYER.test(one.step);
    const differs = cases.some(
      (own) =>
        isLayer(own) &&
        anew.has(editOf(own.one.step)) &&
        !areAlike(own.value, anew.get(editOf(own.one.step))),
    );
    const label = records.label(model);
    return cases
      .filter((own) => differs || !isLayer(own) || !anew.has(editOf(own.one.step)))
      .map((own) => {
        const form = isLayer(own) ? 'a layer on top' : 'made anew';
        const format = differs ? `${label} (${form})` : label;
        return caseOf({ ...own.one, step: editOf(own.one.step) }, { format }, own.value, bar);
      });
  });
}

/** Within the resolution of bytes: the history of an image names its edit, which is some bytes more or less. */
function areAlike(one: Maybe, other: Maybe): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Math.abs(one - other) <= BYTES_RESOLUTION * Math.max(Math.abs(one), Math.abs(other));
}

/** `touch-all` of `touch-all-layer`. */
function editOf(image: string): string {
  return image.replace(LAYER, '');
}
