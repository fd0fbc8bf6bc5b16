import type { Records } from '../records.ts';
import { cold } from './chains.ts';
import type { Claim, OpenCase } from './claim.ts';
import { EDITED, EDITS, editCases, SARAI } from './edits.ts';

/** As the image is delivered. */
const LAYERS = 'oci-gzip';

export const removingGrows: Claim = {
  id: 'C02',
  name: 'removing grows',
  statement: 'Removing files in a layer on top makes the image larger to pull.',
  said: SARAI,
  construction:
    'A layer on top adds its own entries to all that was there: that an image grows is certain, by how much is what is measured.',
  datasets: EDITS,
  packed: EDITED,
  // Bytes are exact, and one more is more.
  bar: { unit: 'bytes', side: 'at least', value: 0, resolution: 0 },
  axes: [],
  whyNone: 'images that are edited by removing files would decide (dataset edits)',
  cases: (records) => grownBy(records).filter(({ parameters }) => parameters['format'] === LAYERS),
  remark(records) {
    const others = grownBy(records).filter(({ parameters }) => parameters['format'] !== LAYERS);
    const smaller = others.filter(({ value = 0 }) => value < 0).length;
    return `By the formats that keep no layers the image gets smaller in ${smaller} of ${others.length} cases.`;
  },
};

function grownBy(records: Records): readonly OpenCase[] {
  return editCases(
    records,
    /^(remove-(file|directory)|unlink)-layer$/,
    removingGrows.bar,
    (one, model) => cold(records, one.step, model) - cold(records, one.previous, model),
  );
}
