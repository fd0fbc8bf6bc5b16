import { FORMAT } from './axes.ts';
import { cold } from './chains.ts';
import type { Claim } from './claim.ts';
import { EDITED, EDITS, editCases, SARAI } from './edits.ts';

export const removingGrows: Claim = {
  id: 'C02',
  name: 'removing grows',
  statement:
    'Removing files in a layer on top makes the image larger to pull; a squashed or divided image gets smaller.',
  said: SARAI,
  datasets: EDITS,
  packed: EDITED,
  // Bytes are exact, and one more is more.
  bar: { unit: 'bytes', side: 'at least', value: 0, resolution: 0 },
  axes: [FORMAT],
  whyNone: 'images that are edited by removing files would decide (dataset edits)',
  cases: (records) =>
    editCases(
      records,
      /^(remove-(file|directory)|unlink)-layer$/,
      removingGrows.bar,
      (one, model) => cold(records, one.step, model) - cold(records, one.previous, model),
    ),
};
