import { differenceBar } from '../../src/verdicts/case.ts';
import { BANDWIDTH, FORMAT, ROUND_TRIP } from './axes.ts';
import { type Claim, caseOf, whereIdle } from './claim.ts';

export const timeIsPredicted: Claim = {
  id: 'C36',
  name: 'time model',
  statement:
    'Bytes, requests and round trips predict the time of a pull: real servers take within 10 % of it.',
  said: [{ who: 'lix developers', where: 'opral/lix#1335', date: 'undated' }],
  published: [{ figure: 'error of 0.2 to 0.6 %', dataset: '100 and 600 Mb/s, opral/lix#1335' }],
  datasets: ['ci-slice'],
  experiment: 'time-model',
  isTimed: true,
  bar: differenceBar('at most', 0.1),
  axes: [FORMAT, ROUND_TRIP, BANDWIDTH],
  whyNone: 'servers to pull from, docker-registry and nginx, would decide',
  cases: (records) =>
    records.view.of('transfer.model_error').map(({ model, link: id = '', value }) => {
      whereIdle(records);
      const link = records.view.info.links.find((one) => one.id === id);
      const at = {
        format: records.label(model),
        'round trip': link?.roundTripMs ?? 0,
        bandwidth: link?.bandwidth ?? 0,
      };
      return caseOf({ step: id, kind: 'image' }, at, Math.abs(Number(value)), timeIsPredicted.bar);
    }),
};
