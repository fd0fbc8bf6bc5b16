import { DRAWN_KINDS, type DrawnKind } from '../../src/datasets/edits/mod.ts';
import { formatNumber, MISSING, plural } from '../../src/format.ts';
import type { Image } from '../../src/images/image.ts';
import type { Pulled } from '../../src/measures/avalanche.ts';
import { aliasOf } from '../../src/models/mod.ts';
import type { Progress } from '../../src/progress.ts';
import type { View } from '../../src/report/mod.ts';
import { type DrawnEdit, DrawnEdits, drawsOf } from '../../src/runs/drawn-edits.ts';
import { defined, divide, type Maybe } from '../../src/stats/mod.ts';
import { type Figure, type Finding, remark } from '../verdict.ts';
import { type Distribution, distributionOf, distributionsIn, figuresOf } from './distribution.ts';

/** Bytes pulled ÷ bytes that changed, of draws. */

const all = ({ contentBytes, metadataBytes }: Pulled): number => contentBytes + metadataBytes;

/** What is told of each draw, as of a declared edit; the first is the headline. */
const FACTORS: Readonly<Record<string, (pulled: Pulled, changes: Pulled) => Maybe>> = {
  'avalanche.factor': (pulled, changes) => divide(all(pulled), all(changes)),
  'avalanche.content_factor': (pulled, changes) =>
    divide(pulled.contentBytes, changes.contentBytes),
  'avalanche.metadata_factor': (pulled, changes) =>
    divide(pulled.metadataBytes, changes.metadataBytes),
};

export interface Asked {
  readonly models: readonly string[];
  /** Of each kind; the first ones of whoever asks for more. */
  readonly draws: number;
}

export async function factorsOf(
  image: Image,
  asked: readonly Asked[],
  progress: Progress,
): Promise<{ readonly draws: number; readonly findings: readonly Finding[] }> {
  const most = Math.max(...asked.map(({ draws }) => draws));
  progress.start(DRAWN_KINDS.length * most);
  const edits = await DrawnEdits.of(
    image,
    asked.flatMap(({ models }) => models),
  );
  const findings: Finding[] = [];
  let count = 0;
  for (const [place, kind] of DRAWN_KINDS.entries()) {
    const drawn: DrawnEdit[] = [];
    for (const [number, draw] of drawsOf(kind, place, most).entries()) {
      const wanted = asked.filter(({ draws }) => number < draws).flatMap(({ models }) => models);
      const one = await edits.measure(draw, wanted);
      if (one) drawn.push(one);
      progress.step(kind);
    }
    count += drawn.length;
    findings.push(findingOf(kind, drawn, asked, image.descriptor.id));
  }
  return { draws: count, findings };
}

function findingOf(
  kind: DrawnKind,
  drawn: readonly DrawnEdit[],
  asked: readonly Asked[],
  image: string,
): Finding {
  if (drawn.length === 0) return remark(`\`${kind}\`: ${image} has nothing to draw it from.`);
  const figures: Figure[] = [];
  const parts: string[] = [];
  for (const { model, draws } of asked.flatMap(({ models, draws }) =>
    models.map((model) => ({ model, draws })),
  )) {
    for (const [measure, factor] of Object.entries(FACTORS)) {
      const values = drawn
        .slice(0, draws)
        .map(({ pulled, changes }) => factor(pulled.get(model)!, changes));
      const distribution = distributionOf(defined(values));
      if (!distribution) continue;
      figures.push(...figuresOf(image, { of: measure, edit: kind, model }, distribution, 'ratio'));
      if (measure !== 'avalanche.factor') continue;
      const { n } = distribution;
      const fewer = n < drawn.length ? ` of the first ${n}` : '';
      parts.push(`${nameOf(model)}${fewer} ${shown(distribution)}`);
    }
  }
  const different = new Set(drawn.map(({ edit }) => JSON.stringify(edit))).size;
  const said = different < drawn.length ? `, ${formatNumber(different)} of them different` : '';
  return remark(
    `\`${kind}\`, ${plural(drawn.length, 'draw')}${said}: bytes pulled ÷ bytes changed, median (5th to 95th percentile; worst): ${parts.join(', ')}.`,
    figures,
  );
}

function nameOf(model: string): string {
  return aliasOf(model) ?? model;
}

function shown({ median, p5, p95, worst }: Distribution): string {
  const [middle, low, high, most] = [median, p5, p95, worst].map(digits);
  return `${middle} (${low} to ${high}; ${most})`;
}

/** Three digits or all before the point: factors go from 1 to millions. */
function digits(value: number): string {
  return formatNumber(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** One table a factor: rows are kinds, columns models. */
export function factorTables({ verdict }: View): readonly string[] {
  const figures = (verdict?.observed ?? []).flatMap((finding) => finding.figures);
  const found = distributionsIn(figures.filter(({ parameters }) => parameters['edit']));
  return Object.keys(FACTORS).flatMap((measure) => {
    const own = found.filter(([{ of }]) => of === measure);
    if (own.length === 0) return [];
    const [kinds, models] = ['edit', 'model'].map((name) => [
      ...new Set(own.map(([parameters]) => String(parameters[name]))),
    ]);
    const cell = (kind: string, model: string): string => {
      const one = own.find(([{ edit, model: named }]) => edit === kind && named === model);
      return one ? `${shown(one[1])}, n ${one[1].n}` : MISSING;
    };
    return [
      `## \`${measure}\``,
      'Median (5th to 95th percentile; worst) of n draws.',
      [
        `| edit | ${models!.map(nameOf).join(' | ')} |`,
        `| --- | ${models!.map(() => '--:').join(' | ')} |`,
        ...kinds!.map(
          (kind) => `| ${kind} | ${models!.map((model) => cell(kind, model)).join(' | ')} |`,
        ),
      ].join('\n'),
    ];
  });
}
