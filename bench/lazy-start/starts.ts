import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { InputError } from '../../src/errors.ts';
import { projectDirectory } from '../../src/project.ts';

/** Where recordings lie, one file a program. */
export const startsDirectory: string = join(projectDirectory, 'datasets', 'starts');

const bytes: z.ZodType<number> = z.int().nonnegative();

const rangesSchema = z.array(z.tuple([bytes, bytes]));

const accessSchema = z.strictObject({
  path: z.string().regex(/^\//, 'give an absolute path'),
  ranges: rangesSchema,
  mapped: z.literal(true).optional(),
  touched: rangesSchema.optional(),
});

const startSchema = z.strictObject({
  program: z.string().min(1),
  dataset: z.string().min(1),
  image: z.string().min(1),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  command: z.array(z.string()).min(1),
  environment: z.record(z.string(), z.string()),
  copied: z.array(z.tuple([z.string(), z.string()])).optional(),
  recorded: z.strictObject({
    date: z.iso.date(),
    with: z.string(),
    versions: z.record(z.string(), z.string()),
  }),
  accesses: z.array(accessSchema).min(1),
});

/** One start of a program, as `strace` saw it. */
export interface Start {
  readonly program: string;
  /** Dataset and image that it ran in. */
  readonly dataset: string;
  readonly image: string;
  /** Of that image: `sha256:…`. */
  readonly digest: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Files that were copied first, as scripts of packages do, [from, to]: no part of the image, so no access. */
  readonly copied?: readonly (readonly [from: string, to: string])[] | undefined;
  readonly recorded: {
    /** ISO 8601, day. */
    readonly date: string;
    /** Words that made the trace. */
    readonly with: string;
    /** Of the tracer and the kernel. */
    readonly versions: Readonly<Record<string, string>>;
  };
  /** In the order of the first access to each path. */
  readonly accesses: readonly StartAccess[];
}

/** What a start wants of one path of the image. */
export interface StartAccess {
  /** In the merged tree, absolute, with symlinks resolved; symlinks that were followed have entries of their own. */
  readonly path: string;
  /** Bytes of its content, [offset, length], in order of offset and apart from each other; none where it was only looked up. */
  readonly ranges: readonly (readonly [offset: number, length: number])[];
  /** Some of them were mapped: not every mapped page needs to have been touched. */
  readonly mapped?: true | undefined;
  /** Of a file that was mapped: pages that were touched, by the program or the kernel, as {@link ranges}. */
  readonly touched?: readonly (readonly [offset: number, length: number])[] | undefined;
}

/** All recordings, by name of the program. Throws an InputError for a file that is none. */
export function readStarts(directory: string = startsDirectory): readonly Start[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readStart(join(directory, name)));
}

/** Throws an InputError for another image than the start was recorded in: its offsets would be of other files. */
export function checkRecordedIn(
  { program, dataset, image, digest }: Start,
  found: { readonly digest: string },
): void {
  if (found.digest === digest) return;
  throw new InputError(
    `the start of ${program} was recorded in ${digest}, and this image is ${found.digest}`,
    { dataset, image },
    'record it anew: datasets/starts/README.md',
  );
}

function readStart(file: string): Start {
  try {
    return startSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new InputError('this is no recording of a start', { file }, 'record it anew', { cause });
  }
}
