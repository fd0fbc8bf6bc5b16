import type { Maybe } from '../../src/stats/mod.ts';
import type { Axis, ClaimBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { named } from './axes.ts';
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

/** How an edit comes into the image. */
export const FORM: Axis = named('form', 'how the image is made');
const LAYER = /-layer$/;

/**
 * Cases of each edit of these names by each model. The step is the edit: an image that is made anew, and a layer on top, are two
 * forms of one. Where both move the same, as in every format that keeps no layers, they are one case.
 */
export function editCases(
  records: Records,
  names: RegExp,
  bar: ClaimBar,
  value: (step: Step, model: string) => Maybe,
): readonly OpenCase[] {
  const cases = editsNamed(records, names).flatMap((one) =>
    records.models(...EDITED).map((model) => {
      const form = LAYER.test(one.step) ? 'a layer on top' : 'made anew';
      const at = { format: records.label(model), form };
      return caseOf({ ...one, step: editOf(one.step) }, at, value(one, model), bar);
    }),
  );
  return cases.filter(
    (one, place) => !cases.slice(0, place).some((other) => isOtherForm(one, other)),
  );
}

/** `touch-all` of `touch-all-layer`. */
function editOf(image: string): string {
  return image.replace(LAYER, '');
}

function isOtherForm(one: OpenCase, other: OpenCase): boolean {
  const { format } = one.parameters;
  return (
    other.step === one.step && other.parameters['format'] === format && other.value === one.value
  );
}
