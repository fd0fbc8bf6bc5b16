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
export interface Case extends Figure {
  /** Where the value must lie. */
  readonly side: Side;
  /** In the unit of the value. */
  readonly bar: number;
  /** Values that lie no farther from the bar are too close to it to decide. */
  readonly resolution: number;
}

export const SERIES = 'series';
export const NO_STEP = '*';

/** Chunk sizes are asked for, and told, in KiB. */
export type FigureUnit = Unit | 'KiB';
const figureUnits: readonly FigureUnit[] = [...units, 'KiB'];

/** On which side of its bar a value meets a claim. */
export type Side = 'at least' | 'at most';
const SIDES: readonly Side[] = ['at least', 'at most'];

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
      resolution: z.number(),
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
