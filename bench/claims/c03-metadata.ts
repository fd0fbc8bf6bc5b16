import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { FORMAT } from './axes.ts';
import { cold, pulled } from './chains.ts';
import type { Claim } from './claim.ts';
import { EDITED, EDITS, editCases, OF_NEARLY_ALL, SARAI } from './edits.ts';

export const metadataCostsContent: Claim = {
  id: 'C03',
  name: 'metadata only',
  statement:
    'A change of modes, owners or times alone costs a client the contents: at least 10 % of a cold pull.',
  said: SARAI,
  datasets: EDITS,
  packed: EDITED,
  bar: quotientBar('at least', 0.1, 'share'),
  axes: [FORMAT],
  whyNone: 'images of which modes, owners or times of everything were changed would decide',
  cases: (records) =>
    editCases(records, OF_NEARLY_ALL, metadataCostsContent.bar, (one, model) =>
      divide(pulled(records, one.step, model), cold(records, one.step, model)),
    ),
};
