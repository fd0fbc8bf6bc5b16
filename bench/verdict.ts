import { MISSING } from '../src/format.ts';
import { aliasOf } from '../src/models/mod.ts';
import { labelModels } from '../src/report/models.ts';
import { type Case, isMet, type Met, type PlainFinding } from '../src/results/verdict.ts';
import { type Maybe, mean as meanOrNone } from '../src/stats/mod.ts';
import type { Records } from './experiment.ts';

/** What verdicts are made of. A number that is none cannot be judged, printed or averaged here. */

export type { Met };

declare const judged: unique symbol;
/** The words of a verdict, and the cases it was made from: {@link verdictWord}. */
export interface Verdict {
  readonly [judged]: true;
  readonly word: string;
  readonly cases: readonly Case[];
}

declare const written: unique symbol;
/** One paragraph of an answer: a claim with its verdict and cases, or a remark without. */
export interface Finding extends PlainFinding {
  readonly [written]: true;
}

export const NOTHING_TO_WIN = 'nothing to win';

/**
 * What held in every case that could be decided, in none, or in some; undecided where no case could.
 * @param cases each one, or several that are met together
 * @param nothing why a case is undecided, where it is
 */
export function verdictWord(
  cases: readonly (Met | Case | readonly Case[])[],
  dependsOn: string,
  nothing: string = NOTHING_TO_WIN,
): Verdict {
  const known = cases.map((one) => (typeof one === 'object' ? [one].flat() : []));
  const mets = cases.map((one, number) =>
    typeof one === 'object' ? all(...known[number]!.map(isMet)) : one,
  );
  return { word: wordOf(mets, dependsOn, nothing), cases: known.flat() } as unknown as Verdict;
}

function wordOf(cases: readonly Met[], dependsOn: string, nothing: string): string {
  const decided = cases.filter((met) => met !== undefined);
  if (decided.length === 0) {
    return `undecided: ${cases.length === 0 ? 'no case' : nothing}`;
  }
  const part =
    decided.length < cases.length
      ? ` (${decided.length} of ${cases.length} cases; in the others ${nothing})`
      : '';
  const areMet = decided.every(Boolean);
  const word = areMet ? 'confirmed' : decided.some(Boolean) ? `depends on ${dependsOn}` : 'refuted';
  return `${word}${part}`;
}

/** `C05 a series …: **confirmed**. 5 images …` */
export function claim(statement: string, { word, cases }: Verdict, rest: string): Finding {
  const text = `${statement}: **${word}**${rest}`;
  return { statement, verdict: word, cases, text } as unknown as Finding;
}

/** A claim that no case was found for. */
export function undecided(statement: string, why: string, rest = '.'): Finding {
  const verdict = `undecided: ${why}`;
  const text = `${statement}: ${verdict}${rest}`;
  return { statement, verdict, cases: [], text } as unknown as Finding;
}

/** Figures beside the claims. Throws where it is written as a verdict. */
export function remark(text: string): Finding {
  if (/\*\*/.test(text)) throw new TypeError(`a verdict without cases: ${text}`);
  return { cases: [], text } as unknown as Finding;
}

export function textsOf(findings: readonly PlainFinding[]): readonly string[] {
  return findings.map(({ text }) => text);
}

/** A verdict asked for what is not there: thrown instead of a number, and told as undecided. */
export class MissingValue extends Error {}

export function atLeast(value: Maybe, bar: number): Met {
  return value === undefined ? undefined : value >= bar;
}

export function atMost(value: Maybe, bar: number): Met {
  return value === undefined ? undefined : value <= bar;
}

export function below(value: Maybe, bar: number): Met {
  return value === undefined ? undefined : value < bar;
}

export function above(value: Maybe, bar: number): Met {
  return value === undefined ? undefined : value > bar;
}

/** Met where all are; undecided where one is, unless another is not met. */
export function all(...cases: readonly Met[]): Met {
  if (cases.includes(false)) return false;
  return cases.includes(undefined) ? undefined : true;
}

/** Fixed decimals; – for no number. */
export function fixed(value: Maybe, digits: number): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  const text = value.toFixed(digits);
  return /[1-9]/.test(text) ? text : text.replace('-', '');
}

/** `1.2 %`, with its sign where it is a difference. */
export function percent(share: Maybe, signed = false, digits = 1): string {
  if (share === undefined) return MISSING;
  const text = fixed(100 * share, digits);
  return `${signed && !text.startsWith('-') ? '+' : ''}${text} %`;
}

/** `12.3 MB`, for verdicts: always in MB, so that the figures of a line compare. */
export function megabytes(bytes: Maybe, digits = 1): string {
  return bytes === undefined ? MISSING : `${fixed(bytes / 1e6, digits)} MB`;
}

/** `2.4 ×`. */
export function times(ratio: Maybe): string {
  return ratio === undefined ? MISSING : `${fixed(ratio, 2)} ×`;
}

export const NEEDS_SERIES = 'a series of at least two images is needed';

/** A value of each update of the series, for a client with the image before. */
export function ofUpdates({ updates, number }: Records, model: string, measure: string): number[] {
  return updates.map((image) => number(image, model, measure, 'previous'));
}

/** Throws a MissingValue for no values. */
export function mean(values: readonly Maybe[]): number {
  const found = meanOrNone(values);
  if (found === undefined) throw new MissingValue('there are no values for a mean');
  return found;
}

/** The least and the greatest of those that are numbers; undefined where none is. */
export function ends(values: readonly Maybe[]): readonly [least: Maybe, most: Maybe] {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? [undefined, undefined] : [Math.min(...known), Math.max(...known)];
}

/** The item with the least value; the first of equal ones. Throws a MissingValue for no items. */
export function leastBy<T>(items: readonly T[], value: (item: T) => number): T {
  const [first, ...others] = items;
  if (first === undefined) throw new MissingValue('there is nothing to compare');
  return others.reduce((least, item) => (value(item) < value(least) ? item : least), first);
}

/** True where no item is less than another: none of them is the best. */
export function areEqual<T>(items: readonly T[], value: (item: T) => number): boolean {
  return new Set(items.map(value)).size < 2;
}

/** How models are called in a verdict: as in the report beside it. */
export function namer(models: readonly string[]): (model: string) => string {
  const labels = labelModels(
    models.map((id) => {
      const alias = aliasOf(id);
      return alias === undefined ? { id } : { id, alias };
    }),
  );
  return (model) => labels.get(model)!;
}
