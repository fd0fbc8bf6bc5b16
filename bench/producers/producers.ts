import { fetchImage } from '../../src/datasets/mod.ts';
import { plural } from '../../src/format.ts';
import { groupBy } from '../../src/report/group.ts';
import { producersMarkdown } from '../../src/report/mod.ts';
import type { View } from '../../src/report/view.ts';
import { noCanonicalForm } from '../claims/c21-canonical.ts';
import { createTimed, type Experiment } from '../experiment.ts';
import { type Finding, figureOf, remark } from '../verdict.ts';
import { ARCHIVERS, CANONICAL } from './archivers.ts';
import { COMPRESSORS } from './compressors.ts';
import { CELLS, measureProducers, modelOf } from './measure.ts';

/**
 * Do programs that exist write one tree as the same bytes? Claim C21: tar and gzip have no canonical form. One directory,
 * written as a tar by each archiver and compressed by each compressor, at the versions that are installed.
 */

export const producers: Experiment = createTimed({
  name: 'producers',
  decides: [noCanonicalForm],
  title: 'Do different programs write one tree as the same bytes?',
  dataset: 'ci-slice',
  timed: {
    images: (planned) => planned.slice(0, 1),
    takes: 'a minute and a half of processor time for the image of ci-slice',
    wanted: [[modelOf(CANONICAL), 'reproducibility.archive_digest']],
    verdict: findings,
    appendix: producersMarkdown,
    async measure({ plan, run, context, progress }) {
      const image = await fetchImage(plan.dataset, plan.images[0]!, context);
      run.enter(image);
      run.describeModels(CELLS.map((id) => ({ id })));
      progress.start(ARCHIVERS.length + COMPRESSORS.length);
      return measureProducers(image, run, progress);
    },
  },
});

function findings(view: View): readonly Finding[] {
  const digests = new Map(
    view.of('reproducibility.archive_digest').map(({ model, value }) => [model, String(value)]),
  );
  const image = view.info.images[0]?.id ?? '';
  const gzips = COMPRESSORS.filter(({ format }) => format === 'gzip').map(({ id }) => id);
  const zstds = COMPRESSORS.filter(({ format }) => format === 'zstd').map(({ id }) => id);
  const compressed = (by: readonly string[]): readonly string[] =>
    by.map((id) => modelOf(CANONICAL, id));
  const alike = (what: string, models: readonly string[]): Finding =>
    alikeOf(what, image, digests, models);
  return [
    alike(
      'One tree as a tar',
      ARCHIVERS.map(({ id }) => modelOf(id)),
    ),
    alike('One tar by gzip, level 6', compressed(gzips)),
    alike('One tar by zstd, level 3', compressed(zstds)),
    fixpoints(view, image),
  ];
}

/** How many digests there are, where one would be canonical, and which calls have one of them. One program may be called in several ways. */
function alikeOf(
  what: string,
  image: string,
  digests: ReadonlyMap<string, string>,
  models: readonly string[],
): Finding {
  const present = models.filter((model) => digests.has(model));
  const absent = models.length - present.length;
  const skipped = absent > 0 ? `, ${absent} skipped` : '';
  const groups = [...groupBy(present, (model) => digests.get(model)!).values()];
  const alike = groups
    .filter(({ length }) => length > 1)
    .map((group) => group.map((model) => nameOf(model)).join(' = '));
  const equal = alike.length > 0 ? ` The same bytes: ${alike.join('; ')}.` : '';
  return remark(
    `${what}: ${plural(groups.length, 'digest')} of ${plural(present.length, 'call')}${skipped}.${equal}`,
    [figureOf(image, { of: 'distinct digests', what }, groups.length, 'count')],
  );
}

/** The part of a cell that its list is of. */
function nameOf(model: string): string {
  return model.slice(model.indexOf('|') + 1);
}

function fixpoints(view: View, image: string): Finding {
  const found = ARCHIVERS.flatMap(({ id }) => {
    const value = view.number(image, modelOf(id), 'reproducibility.archive_fixpoint');
    return value === undefined ? [] : [{ id, value }];
  });
  const not = found.filter(({ value }) => value === 0).map(({ id }) => id);
  return remark(
    `Of ${plural(found.length, 'call')}, these do not write what they unpacked as the same tar again: ${not.join(', ') || 'none'}.`,
    found.map(({ id, value }) => figureOf(image, { of: 'fixpoint', model: id }, value, 'count')),
  );
}
