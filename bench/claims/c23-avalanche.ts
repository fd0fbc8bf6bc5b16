import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { FORMAT } from './axes.ts';
import { pulled } from './chains.ts';
import type { Claim } from './claim.ts';
import { EDITED, EDITS, editCases } from './edits.ts';

/** A block of a file system: a change of less counts as much, since a manifest with its digests is some hundred bytes in any format. */
const BLOCK = 4096;

export const noAvalanche: Claim = {
  id: 'C23',
  name: 'no avalanche',
  statement:
    'A small change in meaning moves proportionally few bytes: at most 10 times what changed, counted as at least 4 KiB.',
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
    editCases(records, /./, noAvalanche.bar, ({ step }, model) => {
      const changed =
        records.number(step, '*', 'step.changed_content_bytes') +
        records.number(step, '*', 'step.changed_metadata_bytes');
      if (changed === 0) return undefined;
      return divide(pulled(records, step, model), Math.max(changed, BLOCK));
    }),
};
