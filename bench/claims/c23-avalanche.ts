import { quotientBar } from '../../src/verdicts/case.ts';
import { FORMAT } from './axes.ts';
import type { Claim } from './claim.ts';
import { EDITED, EDITS, editCases } from './edits.ts';

export const noAvalanche: Claim = {
  id: 'C23',
  name: 'no avalanche',
  statement:
    'A small change in meaning moves proportionally few bytes: at most 10 times what changed.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'The Road to OCIv2 Images: What’s Wrong with Tar?, Avalanching',
      date: '2019-01-21',
    },
  ],
  datasets: EDITS,
  packed: EDITED,
  bar: quotientBar('at most', 10),
  axes: [FORMAT],
  whyNone: 'images with declared edits would decide (dataset edits)',
  cases: (records) =>
    editCases(records, /./, noAvalanche.bar, (one, model) =>
      records.find(one.step, model, 'avalanche.factor', 'previous'),
    ),
};
