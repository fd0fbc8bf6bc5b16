import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { LAYERS } from './axes.ts';
import { least, pulled } from './chains.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

const OWN = 'oci-zstd';
const STORES = ['per-file', 'catar'];
/** Where no store spares more than this share of an update, there is no saving to have a share of. */
const WORTH = 0.1;
const COUNTS = [16, 64, 128];
const split = (layers: number): string => `packages:layers=${layers}|whole|zstd:3|layers|get`;

export const packageLayersSuffice: Claim = {
  id: 'C33',
  name: 'package layers',
  statement:
    'Plain layers split by package give most, at least 80 %, of what the better store spares of an update.',
  said: [{ who: 'chunkah', where: 'coreos/chunkah README', date: 'undated' }],
  published: [
    {
      figure: '809 MB of over 4 GB needed',
      dataset: 'a desktop image, ublue-os/image-template#238',
    },
  ],
  datasets: ['debian-updates'],
  packed: [OWN, ...STORES, ...COUNTS.map(split)],
  bar: quotientBar('at least', 0.8, 'share'),
  axes: [LAYERS],
  whyNone: 'a series with at least three updates and a package database would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) => {
      const bytes = (name: string): number => pulled(records, one.step, records.model(name));
      const spared = bytes(OWN) - least(STORES.map(bytes));
      return COUNTS.map((layers) =>
        caseOf(
          one,
          { layers },
          spared > WORTH * bytes(OWN)
            ? divide(bytes(OWN) - bytes(split(layers)), spared)
            : undefined,
          packageLayersSuffice.bar,
        ),
      );
    }),
};
