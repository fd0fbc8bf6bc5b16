import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError, storageError } from '../errors.ts';
import { type Unit, units } from '../measures/mod.ts';
import { writeWhole } from '../write-whole.ts';

/** `verdict.json`: the answer of an experiment as data. */

/** One case of a claim: a value, and the bar it is held against. */
export interface Case {
  /** Image that the step of the series leads to; `series` for all of it. */
  readonly step: string;
  /** What else the value was taken at: model, client, link, chunk size. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** undefined where there is nothing to decide it by. */
  readonly value: number | undefined;
  readonly unit: Unit;
  readonly side: Side;
  readonly bar: number;
}

/** Where a value must lie for its case to be met. */
export const SIDES = ['at least', 'at most', 'above', 'below'] as const;
export type Side = (typeof SIDES)[number];

/** A case is met, it is not, or there is nothing to decide it by. */
export type Met = boolean | undefined;

export function isMet({ value, side, bar }: Case): Met {
  if (value === undefined) return undefined;
  switch (side) {
    case 'at least':
      return value >= bar;
    case 'at most':
      return value <= bar;
    case 'above':
      return value > bar;
    case 'below':
      return value < bar;
  }
}

/** One paragraph of an answer: a claim with its verdict and cases, or a remark without. */
export interface PlainFinding {
  /** The claim in words; absent of a remark. */
  readonly statement?: string;
  /** `confirmed`, `refuted`, `depends on …`, `undecided: …`. */
  readonly verdict?: string;
  readonly cases: readonly Case[];
  /** Markdown. */
  readonly text: string;
}

export interface VerdictFile {
  readonly experiment: string;
  readonly title: string;
  /** `id@sha256:…` */
  readonly dataset: string;
  readonly method: number;
  /** Name of the chart that shows it. */
  readonly chart?: string;
  readonly findings: readonly PlainFinding[];
  /** Those of the findings that were noted while measuring. */
  readonly observed: readonly PlainFinding[];
}

const NAME = 'verdict.json';

const findingSchema = z.strictObject({
  statement: z.string().optional(),
  verdict: z.string().optional(),
  cases: z.array(
    z.strictObject({
      step: z.string(),
      parameters: z.record(z.string(), z.union([z.string(), z.number()])),
      value: z.number().optional(),
      unit: z.enum(units),
      side: z.enum(SIDES),
      bar: z.number(),
    }),
  ),
  text: z.string(),
});

const schema = z.strictObject({
  experiment: z.string(),
  title: z.string(),
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
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8'))) as VerdictFile;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError))
      throw storageError(error, file);
    const what = error instanceof z.ZodError ? error.issues[0]!.message : 'this is not JSON';
    throw new InputError(what, { file }, 'remove the file and run the experiment again');
  }
}
