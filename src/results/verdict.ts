import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Unit, units } from '../measures/mod.ts';
import { writeWhole } from '../write-whole.ts';
import { readChecked } from './checked.ts';

/** `verdict.json`: the answer of an experiment as data. */

/** A figure of an answer. */
export interface Figure {
  /** Image that the step of the series leads to; {@link SERIES} for all of it, {@link NO_STEP} where no image is meant. */
  readonly step: string;
  /** What the value is `of`, and what else it was taken at: model, client, link, chunk size. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** undefined where there is none. */
  readonly value: number | undefined;
  /** Of the value. */
  readonly unit: FigureUnit;
}

/** One case of a claim: a value, and the bar it is held against. Undecided where there is no value. */
export interface Case extends Figure, Bar {
  /** Cases of a claim with one number are met together, or not at all. */
  readonly together?: number;
  /** Leaving one step out moves the mean by more than it is from the bar: undecided. */
  readonly tie?: true;
}

/** What a value is held against. */
export interface Bar {
  /** Of the bar. */
  readonly unit: FigureUnit;
  /** Where the value must lie. */
  readonly side: Side;
  /** In its unit. */
  readonly bar: number;
}

export const SERIES = 'series';
export const NO_STEP = '*';

/** Chunk sizes are asked for, and told, in KiB. */
export type FigureUnit = Unit | 'KiB';
const figureUnits: readonly FigureUnit[] = [...units, 'KiB'];

/** Where a value must lie for its case to be met; `within` and `beyond` are of its magnitude. */
export type Side = 'at least' | 'at most' | 'above' | 'below' | 'within' | 'beyond';
const SIDES: readonly Side[] = ['at least', 'at most', 'above', 'below', 'within', 'beyond'];

/** A case is met, it is not, or there is nothing to decide it by. */
export type Met = boolean | undefined;

export function isMet({ value, side, bar, tie }: Case): Met {
  if (value === undefined || tie) return undefined;
  switch (side) {
    case 'at least':
      return value >= bar;
    case 'at most':
      return value <= bar;
    case 'above':
      return value > bar;
    case 'below':
      return value < bar;
    case 'within':
      return Math.abs(value) <= bar;
    case 'beyond':
      return Math.abs(value) > bar;
  }
}

/** The cases that are met together, in order. */
export function groupCases(cases: readonly Case[]): readonly (readonly Case[])[] {
  const groups: Case[][] = [];
  for (const one of cases) {
    const last = groups.at(-1);
    const isSame = one.together !== undefined && last?.[0]?.together === one.together;
    if (last && isSame) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

/** Met where all are; undecided where one is, unless another is not met. */
export function areMet(cases: readonly Case[]): Met {
  const mets = cases.map(isMet);
  if (mets.includes(false)) return false;
  return mets.includes(undefined) ? undefined : true;
}

/** One paragraph of an answer: a claim with its verdict and cases, or a remark without. */
export interface PlainFinding {
  /** The claim in words; absent of a remark. */
  readonly statement?: string;
  /** `confirmed`, `refuted`, `depends on …`, `undecided: …`. */
  readonly verdict?: string;
  /** What decides the verdict. */
  readonly cases: readonly Case[];
  /** What the text sums up, and what stands beside the cases. */
  readonly figures: readonly Figure[];
  /** Markdown. */
  readonly text: string;
}

/** The answer of an experiment. */
export interface VerdictFile {
  /** Name of the experiment. */
  readonly experiment: string;
  /** What it asks. */
  readonly title: string;
  /** Those that it decides, each with its short statement: `C01 …; C33 …`. */
  readonly claims?: string;
  /** `id@sha256:…` */
  readonly dataset: string;
  /** Version of the methodology. */
  readonly method: number;
  /** Name of the chart that shows it. */
  readonly chart?: string;
  /** In order. */
  readonly findings: readonly PlainFinding[];
  /** Those of the findings that were noted while measuring. */
  readonly observed: readonly PlainFinding[];
}

const NAME = 'verdict.json';

const figureSchema = z.strictObject({
  step: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  value: z.number().optional(),
  unit: z.enum(figureUnits),
});

/** A {@link PlainFinding} as `verdict.json` has it. */
export const findingSchema: z.ZodType = z.strictObject({
  statement: z.string().optional(),
  verdict: z.string().optional(),
  cases: z.array(
    figureSchema.extend({
      side: z.enum(SIDES),
      bar: z.number(),
      together: z.int().optional(),
      tie: z.literal(true).optional(),
    }),
  ),
  figures: z.array(figureSchema),
  text: z.string(),
});

const schema = z.strictObject({
  experiment: z.string(),
  title: z.string(),
  claims: z.string().optional(),
  dataset: z.string(),
  method: z.number().int(),
  chart: z.string().optional(),
  findings: z.array(findingSchema),
  observed: z.array(findingSchema),
});

export function writeVerdictFile(directory: string, file: VerdictFile): void {
  writeWhole(join(directory, NAME), `${JSON.stringify(file, undefined, 2)}\n`);
}

/** undefined where the run has no answer. Throws an InputError where the file is none, or a StorageError. */
export function readVerdict(directory: string): VerdictFile | undefined {
  const file = join(directory, NAME);
  if (!existsSync(file)) return undefined;
  return readChecked(schema, file, 'remove the file, then run the experiment again') as VerdictFile;
}
