import { plural } from '../../src/format.ts';
import { clientWith } from '../../src/measures/clients.ts';
import { remainder } from '../../src/stats/mod.ts';
import { differenceBar } from '../../src/verdicts/case.ts';
import { FORMAT } from './axes.ts';
import { CATAR_16K, cold, FILES_16K } from './chains.ts';
import { type Claim, caseOf, type OpenCase } from './claim.ts';

const UNITS = ['per-file', FILES_16K, CATAR_16K];

export const distributionsShare: Claim = {
  id: 'C06',
  name: 'across distributions',
  statement:
    'Images of different distributions share enough to matter: one spares at least 10 % of a pull of the other.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'Container Images Considered Harmful, notes to slide 13',
      date: '2020-01',
      quote: 'distributions are all very similar',
    },
    {
      who: 'Colin Walters',
      where: 'containers/image#1084',
      date: '2021-04-27',
      quote: 'generally makes sense only to do it across an "image stream"',
    },
  ],
  datasets: ['cross-distro', 'alpine-debian'],
  packed: UNITS,
  bar: differenceBar('at least', 0.1),
  axes: [FORMAT],
  // It is about the images that are named.
  leastSteps: 1,
  whyNone: 'images of at least two distributions would decide (dataset cross-distro, or your own)',
  cases(records) {
    const distributions = records.view
      .of('image.distribution')
      .map(({ image, value }) => [image, value] as const);
    const cases: OpenCase[] = [];
    for (const [image, own] of distributions) {
      for (const [held, other] of distributions) {
        if (own === other) continue;
        for (const model of records.models(...UNITS)) {
          const bytes = records.number(image, model, 'transfer.bytes', clientWith(held));
          cases.push(
            caseOf(
              { step: `${image} with ${held}`, kind: 'pair' },
              { format: records.label(model) },
              remainder(bytes, cold(records, image, model)),
              distributionsShare.bar,
            ),
          );
        }
      }
    }
    return cases;
  },
  // Versions of one distribution are alike: many pairs are no many distributions.
  remark({ view }) {
    const images = view.of('image.distribution');
    const count = new Set(images.map(({ value }) => value)).size;
    return `All pairs are of ${plural(images.length, 'image')} of ${plural(count, 'distribution')}, both ways.`;
  },
};
