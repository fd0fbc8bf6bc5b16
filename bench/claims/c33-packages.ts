import { formatNumber } from '../../src/format.ts';
import { defined, divide, median } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { LAYERS } from './axes.ts';
import { CATAR_16K, FILES_16K, least, pulled } from './chains.ts';
import { type Claim, caseOf, type Step, stepsOf } from './claim.ts';

const OWN = 'oci-zstd';
const STORES = ['per-file', 'catar', CATAR_16K, FILES_16K];
/** Where no store spares more than this share of an update, there is no saving to have a share of. */
const WORTH = 0.1;
const COUNTS = [16, 64, 128];
const split = (layers: number): string => `packages:layers=${layers}|whole|zstd:3|layers|get`;

export const packageLayersSuffice: Claim = {
  id: 'C33',
  name: 'package layers',
  statement:
    'Plain layers split by package give most, at least 80 %, of what the best store spares of an update.',
  said: [{ who: 'chunkah', where: 'coreos/chunkah README', date: 'undated' }],
  published: [
    {
      figure: '809 MB of over 4 GB needed',
      dataset: 'a desktop image, ublue-os/image-template#238',
    },
  ],
  datasets: ['debian-steps'],
  packed: [OWN, ...STORES, ...COUNTS.map(split)],
  bar: quotientBar('at least', 0.8, 'share'),
  axes: [LAYERS],
  whyNone: 'a series with at least three updates and a package database would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) => {
      const { own, best, byLayers } = waysOf(records, one);
      const spared = own - best;
      return byLayers.map(([layers, bytes]) =>
        caseOf(
          one,
          { layers },
          spared > WORTH * own ? divide(own - bytes, spared) : undefined,
          packageLayersSuffice.bar,
        ),
      );
    }),
  remark(records, kind) {
    const ways = stepsOf(records, [kind]).map((one) => waysOf(records, one));
    const prices = COUNTS.flatMap((count, place) => {
      const price = median(
        defined(ways.map(({ best, byLayers }) => divide(byLayers[place]![1], best))),
      );
      return price === undefined ? [] : [`${formatNumber(price, 2)} by ${count} layers`];
    });
    return `Times the bytes of the best store, in the median: ${prices.join(', ')} (C33-price).`;
  },
};

const { remark: _, ...ofUpdates } = packageLayersSuffice;

export const packageLayersCost: Claim = {
  ...ofUpdates,
  id: 'C33-price',
  name: 'price of package layers',
  statement:
    'An update by plain layers split by package pulls at most twice the bytes of the best store.',
  published: [],
  bar: quotientBar('at most', 2),
  cases: (records) =>
    stepsOf(records).flatMap((one) => {
      const { best, byLayers } = waysOf(records, one);
      return byLayers.map(([layers, bytes]) =>
        caseOf(one, { layers }, divide(bytes, best), packageLayersCost.bar, [bytes, best]),
      );
    }),
};

/** An update, bytes: by the layers of the image, by the best store, and by each number of package layers. */
interface Ways {
  readonly own: number;
  readonly best: number;
  readonly byLayers: readonly (readonly [layers: number, bytes: number])[];
}

function waysOf(records: Records, { step }: Step): Ways {
  const bytes = (name: string): number => pulled(records, step, records.model(name));
  return {
    own: bytes(OWN),
    best: least(STORES.map(bytes)),
    byLayers: COUNTS.map((layers) => [layers, bytes(split(layers))]),
  };
}
