import { formatNumber, formatShare, formatValue, MISSING, plural } from '../format.ts';
import { kindName } from '../report/steps.ts';
import { number, numeric, text } from '../report/tables/cells.ts';
import type { Cell, Table } from '../report/tables/table.ts';
import type { Maybe } from '../stats/mod.ts';
import type { KindAnalysis, ResponseAnalysis } from './analysis.ts';
import type { Division, Standing } from './front.ts';
import type { Response } from './responses.ts';
import { nameOf, shortLevel } from './short.ts';
import { AXES, changesBetween, type Space, type SpaceModel } from './space.ts';
import type { Explored } from './unit.ts';

/** Interactions that are told. */
const MOST_INTERACTIONS = 3;
/** Of an interaction that is told: what is less reads 0.0 %. */
const LEAST_SHARE = 0.0005;
/** Combinations that do not fit, and chains that failed: the rest is in the file. */
const MOST_LISTED = 20;

/** Everything of one kind of step. */
export function kindTables(analysis: KindAnalysis): readonly Table[] {
  return [
    ...analysis.divisions.map((division, place) => frontTable(analysis, division, place)),
    ...analysis.divisions.map((division, place) => moveTable(analysis, division, place)),
    effectTable(analysis),
    ...(analysis.varied.length === 0 ? [] : [varianceTable(analysis)]),
    interactionTable(analysis),
  ].filter(({ rows }) => rows.length > 0);
}

function frontTable(analysis: KindAnalysis, division: Division, place: number): Table {
  const responses = analysis.responses.map(({ response }) => response);
  return {
    id: `front-${analysis.id}-${place + 1}`,
    title: `Pareto front, ${whichSteps(analysis)}: ${divisionName(division)}`,
    note: `${plural(division.front.length, 'chain')} of ${division.standings.length} that no other of the division beats in ${listTitles(responses)}.${meansOf(analysis)} Nearest: the preset that differs on fewest axes, and these.`,
    columns: [
      { title: 'Chain', wide: true },
      ...responses.map(({ id, title }) => number(id, title)),
      { title: 'Nearest preset' },
      { title: 'Differs on', wide: true },
    ],
    rows: division.front.map(({ model, nearest, ...standing }) => [
      { text: nameOf(model), hint: model.id },
      ...valueCells(standing, responses),
      text(nearest?.preset.alias ?? MISSING),
      text((nearest && changeText(nearest.preset, model)) || MISSING),
    ]),
  };
}

function moveTable(analysis: KindAnalysis, division: Division, place: number): Table {
  const responses = analysis.responses.map(({ response }) => response);
  return {
    id: `moves-${analysis.id}-${place + 1}`,
    title: `From presets onto the front, ${whichSteps(analysis)}: ${divisionName(division)}`,
    note: 'The chain of the front that differs from the preset on fewest axes, and each measure after ÷ before: a change may pay for one measure with another.',
    columns: [
      { title: 'Preset' },
      number('Changes'),
      { title: 'Change', wide: true },
      ...responses.map(({ id, title }) => number(id, `${title}: after ÷ before`)),
    ],
    rows: division.moves.map(({ preset, isOnFront, to, changes, ratios }) => [
      text(nameOf(preset.model)),
      numeric(isOnFront ? 0 : to && changes.length, (count) => formatNumber(count)),
      text(isOnFront ? 'on the front' : to ? moveText(preset.model, to.model) : MISSING),
      ...responses.map((_, index) => ratioCell(ratios[index])),
    ]),
  };
}

function effectTable(analysis: KindAnalysis): Table {
  const first = analysis.responses[0]!;
  return {
    id: `effects-${analysis.id}`,
    title: `Main effects, ${whichSteps(analysis)}`,
    note: `Level ÷ baseline of its axis, all other choices equal: geometric mean over pairs of chains${hasSeveral(analysis) ? ' and steps, in brackets the least and greatest of single steps' : ''}. The baseline is the level that the grid names first. Pairs have a figure above 0 at every step on both sides: from the measure with fewest to that with most.`,
    columns: [
      { title: 'Axis' },
      { title: 'Level', wide: true },
      { title: 'Baseline' },
      number('Pairs'),
      ...analysis.responses.map(({ response }) => number(response.id, response.title)),
    ],
    rows: first.effects.map(({ axis, level, baseline }, row) => [
      text(axis),
      { text: shortLevel(AXES.indexOf(axis), level), hint: level },
      text(shortLevel(AXES.indexOf(axis), baseline)),
      pairsCell(analysis.responses.map(({ effects }) => effects[row]!.pairs)),
      ...analysis.responses.map(({ effects }) => effectCell(effects[row]!, hasSeveral(analysis))),
    ]),
  };
}

/** Each measure has its own: one that is 0 somewhere has fewer. */
function pairsCell(counts: readonly number[]): Cell {
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const shown = [...new Set([fewest, most])].map((count) => formatNumber(count)).join('–');
  return { text: shown, sort: fewest };
}

/** @param hasRange its steps may differ */
function effectCell(
  { ratio, least, most }: ResponseAnalysis['effects'][number],
  hasRange: boolean,
): Cell {
  if (ratio === undefined || least === undefined || most === undefined) return text(MISSING);
  const range = hasRange ? ` (${formatRatio(least)}–${formatRatio(most)})` : '';
  return { text: `${formatRatio(ratio)}${range}`, sort: ratio };
}

function varianceTable(analysis: KindAnalysis): Table {
  const { responses, varied } = analysis;
  const row = (title: string, of: (one: ResponseAnalysis) => Maybe): readonly Cell[] => [
    text(title),
    ...responses.map((one) => numeric(of(one), (share) => formatShare(share))),
  ];
  return {
    id: `variance-${analysis.id}`,
    title: `Share of variance, ${whichSteps(analysis)}`,
    note: 'Of the logarithm of each measure over the chains of the grid: what an axis explains beyond all others (type II sums of squares). Shares need not add up to 100 %, since not all combinations exist.',
    columns: [
      { title: 'Axis' },
      ...responses.map(({ response }) => number(response.id, response.title)),
    ],
    rows: [
      ...varied.map((axis) => row(AXES[axis]!, ({ variance }) => variance.factors[axis])),
      ...(varied.length < 2
        ? []
        : [
            row('all axes', ({ variance }) => variance.main),
            row('with all interactions of two', ({ variance }) => variance.withPairs),
          ]),
      [
        text('chains'),
        ...responses.map(({ variance }) =>
          numeric(variance.observations, (count) => formatNumber(count)),
        ),
      ],
    ],
  };
}

function interactionTable(analysis: KindAnalysis): Table {
  return {
    id: `interactions-${analysis.id}`,
    title: `Largest interactions, ${whichSteps(analysis)}`,
    note: `At most ${MOST_INTERACTIONS} of each measure, those that explain most beyond the main effects, and the two levels that do most together: the geometric mean of the measure ÷ what the main effects say.`,
    columns: [
      { title: 'Measure' },
      { title: 'Axes' },
      number('Share'),
      { title: 'Strongest levels', wide: true },
      number('Ratio'),
      number('Chains'),
    ],
    rows: analysis.responses.flatMap(({ response, variance }) =>
      variance.interactions
        .filter(({ share }) => share >= LEAST_SHARE)
        .slice(0, MOST_INTERACTIONS)
        .map(({ pair, share, strongest }) => [
          text(response.id),
          text(pair.map((axis) => AXES[axis]).join(' × ')),
          numeric(share, (value) => formatShare(value)),
          text(strongest.levels.map((level, at) => shortLevel(pair[at]!, level)).join(' with ')),
          ratioCell(Math.exp(strongest.difference)),
          numeric(strongest.observations, (count) => formatNumber(count)),
        ]),
    ),
  };
}

/** What was not compared, and why. */
export function missingTables(space: Space, failed: readonly Explored[]): readonly Table[] {
  const table = (
    id: string,
    title: string,
    rows: readonly (readonly [string, string])[],
  ): Table => ({
    id,
    title,
    note: `${plural(rows.length, 'chain')}${rows.length > MOST_LISTED ? `, the first ${MOST_LISTED}` : ''}.`,
    columns: [
      { title: 'Chain', wide: true },
      { title: 'Why', wide: true },
    ],
    rows: rows.slice(0, MOST_LISTED).map((cells) => cells.map(text)),
  });
  return [
    table(
      'misfits',
      'Combinations that do not fit',
      space.misfits.map(({ chain, why }) => [chain, why]),
    ),
    table(
      'failed',
      'Failed chains',
      failed.map(({ model, error = '' }) => [model, error]),
    ),
  ].filter(({ rows }) => rows.length > 0);
}

/** `updates (2 steps)`, `update → two`. */
export function whichSteps({ kind, images }: Pick<KindAnalysis, 'kind' | 'images'>): string {
  const [only, ...more] = images;
  const name = kindName(kind);
  return more.length === 0 ? `${name} → ${only}` : `${name}s (${plural(images.length, 'step')})`;
}

function hasSeveral({ images }: Pick<KindAnalysis, 'images'>): boolean {
  return images.length > 1;
}

/** For what is said of figures. */
export function meansOf(analysis: Pick<KindAnalysis, 'images'>): string {
  return hasSeveral(analysis) ? ` Means over ${plural(analysis.images.length, 'step')}.` : '';
}

export function divisionName({ drops }: Pick<Division, 'drops'>): string {
  return drops.length === 0 ? 'keeps all metadata' : `drops ${drops.join(', ')}`;
}

/** With the name of the preset that it leads to, where it does. */
function moveText(from: SpaceModel, to: SpaceModel): string {
  return `${to.alias === undefined ? '' : `to ${to.alias}: `}${changeText(from, to)}`;
}

/** `chunker fastcdc:… → fixed:…`, of each axis that differs. */
export function changeText(from: SpaceModel, to: SpaceModel): string {
  return changesBetween(from, to)
    .map(
      (axis) =>
        `${AXES[axis]} ${shortLevel(axis, from.levels[axis]!)} → ${shortLevel(axis, to.levels[axis]!)}`,
    )
    .join('; ');
}

/** An estimate says so, with its 95 % interval. */
function valueCells(
  { values, halves }: Pick<Standing, 'values' | 'halves'>,
  responses: readonly Response[],
): readonly Cell[] {
  return values.map((value, index) => {
    const { unit } = responses[index]!.measure;
    const half = halves[index]!;
    const shown = formatValue(value, unit);
    const told = half === 0 ? shown : `≈ ${shown} ± ${formatValue(half, unit)}`;
    return { text: told, sort: value };
  });
}

function ratioCell(ratio: Maybe): Cell {
  return numeric(ratio, formatRatio);
}

function formatRatio(ratio: number): string {
  return formatNumber(ratio, ratio < 10 ? 3 : 1);
}

function listTitles(responses: readonly Response[]): string {
  return responses.map(({ id }) => id).join(', ');
}
