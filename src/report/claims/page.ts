import { formatBytes, formatShare, plural } from '../../format.ts';
import type { Run } from '../../results/read.ts';
import { defined, median } from '../../stats/mod.ts';
import type { Chart } from '../charts/chart.ts';
import { groupBy } from '../group.ts';
import type { Table } from '../tables/table.ts';
import { changeText, otherValues } from './change.ts';
import { claimChart } from './chart.ts';
import { type ClaimRowsOf, claimRows } from './rows.ts';
import { claimTable } from './table.ts';
import {
  amountsText,
  datasetOf,
  distanceText,
  parameterText,
  placeOf,
  sentence,
  shortDataset,
  type Told,
  type ToldClaim,
  type ToldVerdict,
  toldParameters,
  valueText,
} from './told.ts';

/** What the records of a run say of claims: those that they decide. */
export type ClaimJudge = (run: Run) => Promise<readonly ClaimPage[]>;

/** A claim on one page, before it is Markdown or HTML. All texts are plain. */
export interface ClaimPage {
  readonly id: string;
  /** `C08 chunk size, zstd` */
  readonly title: string;
  readonly statement: string;
  /** `“…”, Tycho Andersen, project-machine/puzzlefs#13 (undated)` */
  readonly said: readonly string[];
  /** A verdict for each place, and what is to be known of it. */
  readonly verdicts: readonly { readonly lead: string; readonly text: string }[];
  /** undefined where no case has a value. */
  readonly table: Table | undefined;
  readonly chart: Chart | undefined;
  readonly facts: readonly { readonly title: string; readonly text: string }[];
  readonly command: string;
  /** Where the records of each place lie, as seen from the page. */
  readonly records: readonly { readonly place: string; readonly path: string }[];
}

/** What a page leaves out to be short. */
export interface Fit {
  /** Of its table, beside the chart that has them all. */
  readonly mostRows?: number;
  /**
   * Where a verdict has a remark, that alone. Elsewhere the first and the last that it says of where it is met, no median, which
   * the table has, and no stability of all steps.
   */
  readonly isBrief?: boolean;
  /**
   * Of a verdict the first sentence after its lead, what would change a dependence for all places at once, what a case is
   * nowhere, which METHODS.md says, and the resolution nowhere, which the chart has.
   */
  readonly isTerse?: boolean;
}

/** @param verdicts of this claim, at least one */
export function claimPage(
  claim: ToldClaim,
  verdicts: readonly ToldVerdict[],
  told: Told,
  fit: Fit = {},
): ClaimPage {
  const { mostRows, isBrief = false, isTerse = false } = fit;
  const { id, name, statement, said, command } = claim;
  const rows = claimRows(claim, verdicts);
  const fewer = mostRows === undefined ? rows : claimRows(claim, verdicts, mostRows);
  return {
    id,
    title: `${id} ${name}`,
    statement,
    said: said.map(({ who, where, date, quote }) => {
      const source = `${who}, ${where} (${date})`;
      return quote === undefined ? `Said by ${source}.` : `“${quote}” – ${source}.`;
    }),
    verdicts: verdicts.map((one) => ({
      lead: leadOf(one),
      text: [
        isTerse
          ? firstSentence(one.remark ?? restOf(one)[0] ?? '')
          : (isBrief && one.remark) || verdictText(claim, one, isBrief),
        one.leftOut ?? '',
      ]
        .filter(Boolean)
        .join(' '),
    })),
    table: fewer && claimTable(claim, isTerse ? tersely(fewer) : fewer),
    chart: rows && claimChart(claim, verdicts, rows),
    facts: [
      { title: 'Compared', text: `${sentence(claim.compared)} ${comparedText(claim, isTerse)}` },
      { title: 'By construction', text: claim.construction ?? '' },
      { title: 'Published, and ours', text: publishedText(claim, verdicts) },
      { title: 'Conditions', text: conditionsText(claim, verdicts, told) },
      {
        title: 'What would change it',
        text: isTerse ? terseChange(claim, verdicts) : changeText(claim, verdicts, isBrief),
      },
    ].filter(({ text }) => text !== ''),
    command,
    records: recordsOf(verdicts, told),
  };
}

function terseChange(claim: ToldClaim, verdicts: readonly ToldVerdict[]): string {
  const depend = verdicts.filter(({ verdict }) => verdict === 'depends');
  const others = verdicts.filter((one) => !depend.includes(one));
  return [
    changeText(claim, others, true),
    depend.length === 0 ? '' : sentence(otherValues(claim, depend, true)),
  ]
    .filter(Boolean)
    .join(' ');
}

function tersely(rows: ClaimRowsOf): ClaimRowsOf {
  return { ...rows, caseText: '' };
}

/** `alpine, 13 releases: depends on the chunker and the step, met in 125 of 354 cases, not met in 229.` */
export function leadOf(verdict: ToldVerdict): string {
  const { kind, unit = kind, n, text } = verdict;
  const steps = kind === '-' || n === 0 ? '' : `, ${plural(n, unit)}`;
  const [extent] = partsOf(verdict);
  return `${datasetOf(verdict)}${steps}: ${[text, ...(extent === undefined ? [] : [extent])].join(', ')}.`;
}

/** What a verdict with its lead does not say yet of where it is met; of what is undecided, what would decide it. */
export function restOf(verdict: ToldVerdict): readonly string[] {
  const { verdict: word, where } = verdict;
  if (word === 'undecided') return where === undefined ? [] : [sentence(where)];
  return partsOf(verdict).slice(1).map(sentence);
}

function partsOf({ verdict, where }: ToldVerdict): readonly string[] {
  return verdict === 'undecided' ? [] : (where?.split('; ') ?? []);
}

/** Without those that begin with a capital after it; a number has no sentence in it. */
function firstSentence(text: string): string {
  return /^.*?[.](?= \p{Lu}|$)/u.exec(text)?.[0] ?? text;
}

function verdictText(claim: ToldClaim, verdict: ToldVerdict, isBrief: boolean): string {
  const { bar } = claim;
  const { figure, margin, remark } = verdict;
  const rest = restOf(verdict);
  const parts = isBrief && rest.length > 2 ? [rest[0]!, rest.at(-1)!] : [...rest];
  // Of what depends, the rows of the table have the medians: one over all is of nothing.
  if (figure && !isBrief && verdict.verdict !== 'depends') {
    const [least, middle, most] = [figure.least, figure.median, figure.most].map((value) =>
      valueText(value, bar),
    );
    parts.push(least === most ? `Value ${middle}.` : `Median ${middle}, from ${least} to ${most}.`);
  }
  parts.push(...bytesText(claim, verdict));
  if (margin !== undefined) parts.push(`Margin to the bar: at least ${distanceText(margin, bar)}.`);
  if (!isBrief || verdict.stability !== 1) parts.push(...stabilityText(verdict));
  if (remark !== undefined) parts.push(remark);
  return parts.join(' ');
}

/** What the greatest value is of, and how far the two amounts lie apart in the median. */
function bytesText({ axes, bar }: ToldClaim, { cases }: ToldVerdict): readonly string[] {
  const known = cases.filter(({ value, bytes }) => value !== undefined && bytes !== undefined);
  const [greatest] = known.toSorted((a, b) => b.value! - a.value!);
  if (!greatest) return [];
  const at = [
    greatest.step,
    ...toldParameters(greatest.parameters).map(([name, value]) => parameterText(axes, name, value)),
  ];
  const apart = median(known.map(({ bytes }) => Math.abs(bytes![0] - bytes![1])));
  return [
    `The greatest, ${valueText(greatest.value!, bar)}, is ${amountsText(greatest.bytes!)} (${at.join(', ')}).`,
    `In the median they lie ${formatBytes(apart)} apart.`,
  ];
}

function stabilityText({ kind, unit, verdict, stability }: ToldVerdict): readonly string[] {
  if (stability === undefined || verdict === 'too close' || verdict === 'undecided') return [];
  const one = [kind, unit].includes('series') ? 'series' : 'step';
  return stability === 1
    ? [`Any one ${one} left out gives the same.`]
    : [
        `Leaving one ${one} out gives the same in ${formatShare(stability, 0)} of the ${one === 'series' ? one : 'steps'}.`,
      ];
}

function comparedText({ bar, reason }: ToldClaim, isTerse: boolean): string {
  const why = sentence(`why this bar: ${reason}`);
  if (isTerse) return why;
  const close =
    bar.resolution === 0
      ? 'It is exact.'
      : `Nearer than ${distanceText(bar.resolution, bar)} to the bar is too close.`;
  return `${why} ${close}`;
}

function publishedText(
  { published = [], bar }: ToldClaim,
  verdicts: readonly ToldVerdict[],
): string {
  if (published.length === 0) return '';
  return published
    .map(({ figure, dataset, ours }) => {
      const theirs = sentence(`${figure} (${dataset})`);
      if (!ours) return `${theirs} Ours is measured otherwise.`;
      const found = verdicts.flatMap((one) => {
        const values = defined(
          one.cases.flatMap(({ parameters, value }) =>
            Object.entries(ours).every(([name, own]) => parameters[name] === own) ? [value] : [],
          ),
        );
        return values.length === 0
          ? []
          : [`Ours of the same on ${placeOf(one)}: ${rangeOf(values, bar)}.`];
      });
      return [theirs, ...found].join(' ');
    })
    .join(' ');
}

/** `5.3 (5.1 to 5.6)`: median, least and most. */
function rangeOf(values: readonly number[], bar: ToldClaim['bar']): string {
  const [middle, least, most] = [median(values)!, Math.min(...values), Math.max(...values)].map(
    (value) => valueText(value, bar),
  );
  return least === most ? middle! : `${middle} (${least} to ${most})`;
}

function conditionsText(
  { models }: ToldClaim,
  verdicts: readonly ToldVerdict[],
  { version, method }: Told,
): string {
  const datasets = new Set(verdicts.map(shortDataset));
  const machines = new Set(verdicts.flatMap(({ machine }) => machine ?? []));
  return [
    `Datasets: ${[...datasets].join(', ')}.`,
    ...(models.length === 0 ? [] : [`Models: ${shortened(models).join(', ')}.`]),
    ...[...machines].map(sentence),
    `ocibench ${version}, method ${method}.`,
  ].join(' ');
}

/** Chains that differ in the chunker alone are one: `catar|{rabin, casync}|none|objects|get`. */
function shortened(models: readonly string[]): readonly string[] {
  const groups = groupBy(models, (model) => model.split('|').toSpliced(1, 1).join('|'));
  return [...groups.values()].flatMap((own) => {
    if (own.length < 3 || !own[0]!.includes('|')) return own;
    const [serialiser, , ...rest] = own[0]!.split('|');
    const chunkers = own.map((model) => model.split('|')[1]!.replace(/:.*/, ''));
    return `${[serialiser, `{${[...new Set(chunkers)].join(', ')}}`, ...rest].join('|')}`;
  });
}

function recordsOf(verdicts: readonly ToldVerdict[], told: Told): ClaimPage['records'] {
  const found = new Map<string, string>();
  for (const one of verdicts) {
    const path = told.recordsOf(one);
    if (path !== undefined) found.set(datasetOf(one), path);
  }
  return [...found].map(([place, path]) => ({ place, path }));
}
