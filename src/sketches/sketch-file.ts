import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { InputError, storageError, UsageError } from '../errors.ts';
import { METHOD } from '../method.ts';
import { type ImageSample, thinned } from './sketch.ts';

/** Samples of the images of a corpus, by chunker: what is written, merged and read. */
export interface Sketch {
  readonly version: typeof SKETCH_VERSION;
  /** Of the methodology: of another one chunks may be others. */
  readonly method: number;
  /** Canonical id of what made the streams. */
  readonly serialiser: string;
  /** See sketch.ts: bytes. */
  readonly threshold: number;
  readonly chunkers: readonly {
    /** Canonical. */
    readonly id: string;
    /** In the order in which they are to arrive. */
    readonly images: readonly ImageSample[];
  }[];
}

export const SKETCH_VERSION = 1;

const sampleSchema = z.strictObject({
  id: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  streamBytes: z.int().nonnegative(),
  chunks: z.int().nonnegative(),
  sampled: z.array(z.tuple([z.string().regex(/^[0-9a-f]{32}$/), z.int().nonnegative()])),
});

const sketchSchema: z.ZodType<Sketch> = z.strictObject({
  version: z.literal(SKETCH_VERSION),
  method: z.literal(METHOD),
  serialiser: z.string(),
  threshold: z.int().positive(),
  chunkers: z.array(z.strictObject({ id: z.string(), images: z.array(sampleSchema) })),
});

/** Throws a StorageError or, for what is no sketch of this version and method, an InputError. */
export function readSketch(file: string): Sketch {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw storageError(cause, file);
    throw new InputError('a sketch is not JSON', { file }, 'take it anew', { cause });
  }
  const { success, data, error } = sketchSchema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new InputError(
    `no sketch that this version reads: ${issue?.message}`,
    { file, field: issue?.path.join('.') ?? '' },
    'take it anew with `bench sketch make`',
  );
}

/**
 * The sketch of all images of several: images in the order of the sketches, one that is there more than once where it is first.
 * The highest threshold counts. Throws a UsageError for sketches of other chunkers or streams.
 */
export function mergeSketches(sketches: readonly Sketch[]): Sketch {
  const [first, ...others] = sketches;
  if (!first) throw new UsageError('there is no sketch to merge', {}, 'give FILE…');
  const ids = ({ chunkers }: Sketch): string => chunkers.map(({ id }) => id).join(' ');
  for (const other of others) {
    if (ids(other) === ids(first) && other.serialiser === first.serialiser) continue;
    throw new UsageError(
      `sketches of '${first.serialiser}' by ${ids(first)} and of '${other.serialiser}' by ${ids(other)}`,
      {},
      'merge sketches of the same chunkers and serialiser',
    );
  }
  const threshold = Math.max(...sketches.map((sketch) => sketch.threshold));
  return {
    ...first,
    threshold,
    chunkers: first.chunkers.map(({ id }, number) => {
      const images = new Map<string, ImageSample>();
      for (const sample of sketches.flatMap(({ chunkers }) => chunkers[number]!.images)) {
        const key = `${sample.id} ${sample.digest}`;
        if (!images.has(key)) images.set(key, thinned(sample, threshold));
      }
      return { id, images: [...images.values()] };
    }),
  };
}
