import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { COUNT, FORMAT } from './axes.ts';
import { CATAR_16K, FILES_16K } from './chains.ts';
import { type Claim, caseOf } from './claim.ts';

export const LAYERS = 'oci-gzip';
export const PARTS: readonly string[] = ['catar', CATAR_16K, FILES_16K];

/** Images until the first step that is no update: a release is a cold pull in disguise, and would end any gain. */
export function updatedImages({
  images,
  steps,
}: Pick<Records, 'images' | 'steps'>): readonly string[] {
  const end = images.findIndex((image) =>
    steps.some((step) => step.image === image && step.kind !== 'update'),
  );
  return end < 0 ? images : images.slice(0, end);
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
    { figure: '5.3× (282 MB of layers, 53 MB in one store)', dataset: 'ten tags of ubuntu:jammy' },
  ],
  datasets: ['debian-updates', 'alpine'],
  packed: [LAYERS, ...PARTS],
  bar: quotientBar('at least', 2),
  axes: [COUNT, FORMAT],
  whyNone: 'at least three images, each an update of the one before, would decide',
  cases: (records) =>
    updatedImages(records).flatMap((step, before) =>
      before === 0
        ? []
        : records
            .models(...PARTS)
            .map((model) =>
              caseOf(
                { step, kind: 'series' },
                { images: before + 1, format: records.label(model) },
                divide(
                  records.number(step, records.model(LAYERS), 'stored.bytes'),
                  records.number(step, model, 'stored.bytes'),
                ),
                seriesShrinks.bar,
              ),
            ),
    ),
};
