import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { COUNT, FORMAT, SERIES } from './axes.ts';
import { CATAR_16K, FILES_16K, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf } from './claim.ts';

export const LAYERS = 'oci-gzip';
export const PARTS: readonly string[] = ['catar', CATAR_16K, FILES_16K, 'puzzlefs'];

/** An image of a series of updates, and what is before it there. */
export interface Updated {
  readonly step: string;
  /** Id of its first image. */
  readonly series: string;
  /** Those of the series up to this one. */
  readonly own: readonly string[];
  /** The image before the series; undefined where it is the first. */
  readonly before: string | undefined;
}

/**
 * Images that updates lead to, in every series of updates: any other step ends one, since a release is a cold pull in disguise,
 * and would end any gain.
 */
export function updatedImages({
  images,
  steps,
}: Pick<Records, 'images' | 'steps'>): readonly Updated[] {
  const updates = new Set(
    steps.filter(({ kind }) => kind === 'update' || kind === 'version').map(({ image }) => image),
  );
  let own: readonly string[] = [];
  return images.flatMap((step) => {
    own = updates.has(step) ? [...own, step] : [step];
    const before = images[images.indexOf(own[0]!) - 1];
    return own.length < 2 ? [] : [{ step, series: own[0]!, own, before }];
  });
}

export const seriesShrinks: Claim = {
  id: 'C05',
  name: 'series dedup',
  statement:
    'Storing parts of files once makes a series of updates several (at least 2) times smaller than its layers.',
  said: [
    {
      who: 'Ariel Miculas',
      where: 'linux-erofs, comparison of puzzlefs and EROFS',
      date: '2024-09-26',
    },
  ],
  published: [
    {
      figure: '5.3× (282 MB of layers, 53 MB in one store)',
      dataset: 'ten tags of ubuntu:jammy',
      ours: { images: 10, format: 'puzzlefs' },
    },
  ],
  datasets: SERIES_DATASETS,
  packed: [LAYERS, ...PARTS],
  bar: quotientBar('at least', 2),
  axes: [COUNT, FORMAT, SERIES],
  unit: SERIES.name,
  whyNone:
    'at least three series, in which each image is an update of the one before, would decide',
  cases: (records) =>
    updatedImages(records).flatMap(({ step, series, own, before }) => {
      const [layers] = records.models(LAYERS);
      // What a series adds to a store that holds the images before it.
      const added = (model: string): number =>
        records.number(step, model, 'stored.bytes') -
        (before === undefined ? 0 : records.number(before, model, 'stored.bytes'));
      return records
        .models(...PARTS)
        .map((model) =>
          caseOf(
            { step, kind: 'series' },
            { images: own.length, format: records.label(model), series },
            divide(added(layers!), added(model)),
            seriesShrinks.bar,
          ),
        );
    }),
};
