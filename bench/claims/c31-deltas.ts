import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { named } from './axes.ts';
import { CATAR_16K, FILES_16K, least, pulled } from './chains.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

export const STORES: readonly string[] = ['per-file', 'catar', 'catar-blob', CATAR_16K, FILES_16K];
const DELTAS = ['zstd-patch:level=3,predecessors=1', 'xdelta3:level=9,secondary=lzma'];

export const deltasWin: Claim = {
  id: 'C31',
  name: 'deltas beat chunks',
  statement:
    'A binary delta from the image before transfers far less, at most half, of what the best chunk store does.',
  said: [{ who: 'Alexander Larsson', where: 'OCI developers’ list', date: '2020-05-04' }],
  published: [{ figure: '2.22 % of a full pull, median month', dataset: 'RHEL 8 base image' }],
  datasets: ['debian-updates', 'alpine'],
  packed: [...STORES, ...DELTAS],
  bar: quotientBar('at most', 0.5),
  axes: [named('delta')],
  whyNone: 'a series with at least three updates, and the programs that make deltas, would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) => {
      const best = least(
        records.models(...STORES).map((model) => pulled(records, one.step, model)),
      );
      return records
        .models(...DELTAS)
        .filter((model) => records.skipped(model) === undefined)
        .map((model) => {
          const both = [pulled(records, one.step, model), best] as const;
          const delta = model.split(':')[0]!;
          return caseOf(one, { delta }, divide(...both), deltasWin.bar, both);
        });
    }),
};
