import { divide } from '../../src/stats/mod.ts';
import { quotientBar, TIME_RESOLUTION } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { BANDWIDTH, named, ROUND_TRIP } from './axes.ts';
import { LINKS, linkParameters, pulled, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, type OpenCase, stepsOf } from './claim.ts';

const STORE = 'catar';
const BLOB = 'catar-blob';
/** The layers of the image: a client pulls those that it lacks. */
const WHOLE = 'oci-zstd';

const SAID: Claim['said'] = [
  {
    who: 'Aleksa Sarai',
    where: 'Container Images Considered Harmful, “Yet More Alternatives”',
    date: '2020-01',
  },
];
const NEEDS_UPDATES = 'a series with at least three updates would decide';

/** Modelled time of the blob beside that of another model, on each link. */
function timesBeside(records: Records, other: string, bar: OpenCase['bar']): readonly OpenCase[] {
  return stepsOf(records).flatMap((one) =>
    LINKS.map((link) => {
      const ms = (name: string): number =>
        records.number(one.step, records.model(name), 'transfer.network_ms', 'previous', link);
      return caseOf(one, linkParameters(link), divide(ms(BLOB), ms(other)), bar);
    }),
  );
}

export const blobTransfersAsLittle: Claim = {
  id: 'C16',
  name: 'one blob by ranges',
  statement:
    'One blob with an index at its tail, fetched by ranges, transfers as little as a chunk store: at most 5 % more.',
  said: SAID,
  published: [{ figure: '70.5 % of a layer skipped', dataset: 'Fedora 33, skopeo#1111' }],
  datasets: SERIES_DATASETS,
  packed: [STORE, BLOB],
  bar: quotientBar('at most', 1.05),
  axes: [],
  whyNone: NEEDS_UPDATES,
  cases: (records) =>
    stepsOf(records).map((one) => {
      const bytes = (name: string): number => pulled(records, one.step, records.model(name));
      const both = [bytes(BLOB), bytes(STORE)] as const;
      return caseOf(one, {}, divide(...both), blobTransfersAsLittle.bar, both);
    }),
};

export const blobNeedsFewerRequests: Claim = {
  id: 'C16-requests',
  name: 'fewer requests',
  statement: 'One blob fetched by ranges needs fewer requests for an update than a chunk store.',
  said: SAID,
  datasets: SERIES_DATASETS,
  packed: [STORE, BLOB],
  bar: quotientBar('at most', 1),
  axes: [],
  whyNone: NEEDS_UPDATES,
  cases: (records) =>
    stepsOf(records).map((one) => {
      const asked = (name: string): number =>
        records.number(one.step, records.model(name), 'transfer.requests', 'previous');
      return caseOf(one, {}, divide(asked(BLOB), asked(STORE)), blobNeedsFewerRequests.bar);
    }),
};

export const blobTakesNoLonger: Claim = {
  id: 'C16-time',
  name: 'blob as fast',
  statement:
    'One blob fetched by ranges takes at most 10 % more modelled time for an update than a chunk store.',
  said: SAID,
  datasets: SERIES_DATASETS,
  packed: [STORE, BLOB],
  links: LINKS,
  bar: quotientBar('at most', 1.1, 'ratio', TIME_RESOLUTION),
  axes: [ROUND_TRIP, BANDWIDTH],
  whyNone: NEEDS_UPDATES,
  cases: (records) => timesBeside(records, STORE, blobTakesNoLonger.bar),
};

export const partialPullIsSlower: Claim = {
  id: 'C16-slower',
  name: 'partial pulls slower',
  statement:
    'Pulling an update by ranges of a blob takes longer than pulling its new layers whole.',
  said: [
    {
      who: 'podman users',
      where: 'containers/podman#22783',
      date: 'undated',
      quote: 'partial images feature is 2-3x slower, regardless of the cached amount',
    },
  ],
  published: [{ figure: '2–3× slower', dataset: 'about 900 Mb/s and 19 ms, podman#22783' }],
  datasets: SERIES_DATASETS,
  packed: [WHOLE, BLOB],
  links: LINKS,
  bar: quotientBar('at least', 1, 'ratio', TIME_RESOLUTION),
  axes: [BANDWIDTH, ROUND_TRIP, named('link')],
  whyNone: NEEDS_UPDATES,
  cases: (records) => timesBeside(records, WHOLE, partialPullIsSlower.bar),
};
