import { ORDERS } from '../../src/serialisers/order.ts';
import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { AVERAGE } from './axes.ts';
import { averageOf, least, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

const CLAIMED = 'breadth-first';
export const streams = (policy: string): string =>
  `stream:order=${policy}|fastcdc:avg={4KiB,16KiB,64KiB,256KiB}|none|objects|get`;

export const orderMatters: Claim = {
  id: 'C12',
  name: 'stream order',
  statement:
    'In one stream, breadth-first order wins: an update adds at least 5 % fewer bytes than in any other order.',
  said: [{ who: 'puzzlefs', where: 'project-machine/puzzlefs, doc/chunking.md', date: 'undated' }],
  datasets: SERIES_DATASETS,
  swept: ORDERS.map(streams),
  bar: quotientBar('at most', 0.95),
  axes: [AVERAGE],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) => {
      const added = (model: string): number => records.number(one.step, model, 'dedup.new_bytes');
      const others = ORDERS.filter((policy) => policy !== CLAIMED);
      return records.models(streams(CLAIMED)).map((model) => {
        const average = averageOf(model);
        const rivals = records
          .models(...others.map(streams))
          .filter((other) => averageOf(other) === average);
        const both = [added(model), least(rivals.map(added))] as const;
        return caseOf(one, { average }, divide(...both), orderMatters.bar, both);
      });
    }),
};
