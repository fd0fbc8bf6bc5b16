import { quotientBar } from '../../src/verdicts/case.ts';
import { FORMAT } from './axes.ts';
import type { Claim } from './claim.ts';
import { EDITED, EDITS, editCases, SARAI } from './edits.ts';

/** Twice the average chunk: an edit lies in one or two of them. */
const FEW_CHUNKS = 2 * 65_536;

export const editCostsChunks: Claim = {
  id: 'C04',
  name: 'small edit',
  statement:
    'A small edit of one file costs a chunk or two of content, at most 131 kB, and not the file or the layer.',
  said: SARAI,
  datasets: EDITS,
  packed: EDITED,
  bar: quotientBar('at most', FEW_CHUNKS, 'bytes'),
  axes: [FORMAT],
  whyNone: 'images of which a few bytes of one file were changed would decide (dataset edits)',
  cases: (records) =>
    editCases(
      records,
      /^(flip|append|prepend|insert|replace)(-layer)?$/,
      editCostsChunks.bar,
      (one, model) => records.number(one.step, model, 'transfer.content_bytes', 'previous'),
    ),
};
