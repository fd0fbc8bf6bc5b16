import { fetchImage } from '../../src/datasets/mod.ts';
import { plural } from '../../src/format.ts';
import { groupBy } from '../../src/report/group.ts';
import { producersMarkdown } from '../../src/report/mod.ts';
import type { View } from '../../src/report/view.ts';
import { createTimed, type Experiment } from '../experiment.ts';
import { type Case, caseOf, claim, type Finding, undecided, verdictWord } from '../verdict.ts';
import { ARCHIVERS, CANONICAL } from './archivers.ts';
import { COMPRESSORS } from './compressors.ts';
import { CELLS, measureProducers, modelOf } from './measure.ts';

/**
 * Do programs that exist write one tree as the same bytes? Claim C21: tar and gzip have no canonical form. One directory,
 * written as a tar by each archiver and compressed by each compressor, at the versions that are installed.
 */

export const producers: Experiment = createTimed({
  name: 'producers',
  title: 'Do different programs write one tree as the same bytes?',
  dataset: 'ci-slice',
  timed: {
    images: (planned) => planned.slice(0, 1),
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

const TWO = 2;

function findings(view: View): readonly Finding[] {
  const digests = new Map(
    view.of('reproducibility.archive_digest').map(({ model, value }) => [model, String(value)]),
  );
  const image = view.info.images[0]?.id ?? '';
  const gzips = COMPRESSORS.filter(({ format }) => format === 'gzip').map(({ id }) => id);
  const zstds = COMPRESSORS.filter(({ format }) => format === 'zstd').map(({ id }) => id);
  const compressed = (by: readonly string[]): readonly string[] =>
    by.map((id) => modelOf(CANONICAL, id));
  return [
    distinct(
      'C21 programs write one tree as different tars',
      image,
      digests,
      ARCHIVERS.map(({ id }) => modelOf(id)),
    ),
    distinct(
      'C21 programs compress one tar by gzip, level 6, to different bytes',
      image,
      digests,
      compressed(gzips),
    ),
    distinct(
      'C21 programs compress one tar by zstd, level 3, to different bytes',
      image,
      digests,
      compressed(zstds),
    ),
    fixpoints(view, image),
  ];
}

/** Are there several digests where one would be canonical? */
function distinct(
  statement: string,
  image: string,
  digests: ReadonlyMap<string, string>,
  models: readonly string[],
): Finding {
  const present = models.filter((model) => digests.has(model));
  const absent = models.length - present.length;
  const skipped = absent > 0 ? `; ${absent} skipped` : '';
  if (present.length < TWO)
    return undecided(statement, 'fewer than two of the programs are here', `${skipped}.`);
  const groups = groupBy(present, (model) => digests.get(model)!);
  const value = groups.size;
  const one = caseOf(image, { of: 'distinct digests' }, value, {
    unit: 'count',
    side: 'above',
    bar: 1,
  });
  const alike = [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((group) => group.map((model) => nameOf(model)).join(' = '));
  const equal = alike.length > 0 ? ` The same bytes: ${alike.join('; ')}.` : '';
  return claim(
    statement,
    verdictWord([one], ''),
    `. ${plural(value, 'digest')} of ${present.length}${skipped}.${equal}`,
  );
}

/** The part of a cell that its list is of. */
function nameOf(model: string): string {
  return model.slice(model.indexOf('|') + 1);
}

function fixpoints(view: View, image: string): Finding {
  const statement = 'C21 what a program unpacks it writes again as the same tar';
  const cases: readonly Case[] = ARCHIVERS.flatMap(({ id }) => {
    const value = view.number(image, modelOf(id), 'reproducibility.archive_fixpoint');
    const bar = { unit: 'count', side: 'at least', bar: 1 } as const;
    return value === undefined ? [] : [caseOf(image, { of: 'fixpoint', model: id }, value, bar)];
  });
  if (cases.length === 0) return undecided(statement, 'no program wrote a tar');
  const not = cases.filter(({ value }) => value === 0).map(({ parameters }) => parameters['model']);
  return claim(
    statement,
    verdictWord(cases, 'the program'),
    `. ${plural(cases.length, 'program')}; not: ${not.join(', ') || 'none'}.`,
  );
}
