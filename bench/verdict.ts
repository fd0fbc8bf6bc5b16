import { listWords, MISSING, plural } from '../src/format.ts';
import type { Client } from '../src/measures/clients.ts';
import { type MeasureName, measures } from '../src/measures/mod.ts';
import { countSteps } from '../src/report/steps.ts';
import { groupSteps } from '../src/results/steps.ts';
import {
  type Figure,
  type FigureUnit,
  NO_STEP,
  type PlainFinding,
  SERIES,
} from '../src/results/verdict.ts';
import { type Maybe, mean as meanOrNone } from '../src/stats/mod.ts';
import type { Records } from './records.ts';

/** What answers are made of. A number that is none cannot be printed or averaged here. */

export { type Figure, NO_STEP, SERIES };

declare const written: unique symbol;
/** One paragraph of an answer: a claim with its verdict and cases, or a remark without. */
export interface Finding extends PlainFinding {
  readonly [written]: true;
}

/** What the engine says of a claim. */
export function judged(found: Omit<PlainFinding, 'figures'>): Finding {
  return { ...found, figures: [] } as unknown as Finding;
}

/** A claim that cannot be judged, and why. */
export function undecided(
  statement: string,
  why: string,
  rest = '.',
  figures: readonly Figure[] = [],
): Finding {
  const verdict = `undecided: ${why}`;
  const text = `${statement}: ${verdict}${rest}`;
  return { statement, verdict, cases: [], figures, text } as unknown as Finding;
}

/** Figures beside the claims. Throws where it is written as a verdict. */
export function remark(text: string, figures: readonly Figure[] = []): Finding {
  if (/\*\*/.test(text)) throw new TypeError(`a verdict without cases: ${text}`);
  return { cases: [], figures, text } as unknown as Finding;
}

export function textsOf(findings: readonly PlainFinding[]): readonly string[] {
  return findings.map(({ text }) => text);
}

export function figureOf(
  step: string,
  parameters: Figure['parameters'],
  value: Maybe,
  unit: FigureUnit,
): Figure {
  return { step, parameters, value, unit };
}

/** Values as they were recorded, model by model. Throws a MissingValue for one that is not there. */
export function recorded(
  { number }: Records,
  images: readonly string[],
  models: readonly string[],
  names: readonly MeasureName[],
  client: Client = '-',
): readonly Figure[] {
  return models.flatMap((model) =>
    images.flatMap((step) =>
      names.map((name): Figure => {
        const { title, unit } = measures.get(name)!;
        const held = client === '-' ? {} : { client };
        const value = number(step, model, name, client);
        return figureOf(step, { of: title, model, ...held }, value, unit);
      }),
    ),
  );
}

/** A verdict asked for what is not there: thrown instead of a number, and told as undecided. */
export class MissingValue extends Error {}

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

/** `2.4 ×`. */
export function times(ratio: Maybe): string {
  return ratio === undefined ? MISSING : `${fixed(ratio, 2)} ×`;
}

/** `1.2 … 3.4 MB`: the least and the greatest; one where they read the same. */
export function fromTo(values: readonly Maybe[], print: (value: Maybe) => string): string {
  const [least, most] = ends(values).map((value) => print(value)) as [string, string];
  if (least === most) return least;
  const unit = / [^\d ]+$/.exec(most)?.[0] ?? '';
  return `${unit !== '' && least.endsWith(unit) ? least.slice(0, -unit.length) : least} … ${most}`;
}

/** A mean, and what it hides: `19.16 MB (5.21 … 31.42 MB)`. */
export function meanText(values: readonly number[], print: (value: Maybe) => string): string {
  const [middle, all] = [print(mean(values)), fromTo(values, print)];
  return middle === all ? middle : `${middle} (${all})`;
}

/** `5 images (2 updates and 2 releases)`: sums over a series are of steps of every kind. */
export function seriesText({ images, steps }: Pick<Records, 'images' | 'steps'>): string {
  const counts = listWords(countSteps(groupSteps(steps)));
  return `${plural(images.length, 'image')}${counts === '' ? '' : ` (${counts})`}`;
}

/** Why a claim about updates is undecided in a series without one. */
export function noUpdate({ steps }: Pick<Records, 'steps'>): string {
  return `no step here is an update (${listWords(countSteps(groupSteps(steps)))})`;
}

/** A finding about updates, which needs one. */
export function aboutUpdates(
  records: Records,
  statement: string,
  find: (records: Records) => Finding,
): Finding {
  return records.updates.length === 0 ? undecided(statement, noUpdate(records)) : find(records);
}

export const NEEDS_SERIES = 'a series of at least two images is needed';

/** A value of each update of the series, for a client with the previous image. */
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
