import { z } from 'zod';
import { publishedSchema } from '../datasets/published.ts';
import { CLIENTS } from '../measures/clients.ts';
import { measures } from '../measures/mod.ts';
import { METHOD } from '../method.ts';
import { INTERVAL_SAMPLES } from '../stats/mod.ts';
import { faultOf } from './values.ts';

/** Schemas of a run directory. Strict: a field nobody knows is a fault, since a reader would pass over it in silence. */

const name = z.string().min(1);
const method = z.literal(METHOD);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const key = {
  method,
  dataset: name.describe('id@sha256:… of the dataset as resolved'),
  image: name.describe('image id; * for the series as a whole'),
  model: name.describe('canonical model id; * for facts of the image itself'),
  client: z
    .union([z.enum(CLIENTS), z.string().regex(/^image:./s)])
    .describe('what the client holds; image:ID holds that image; - where no client is involved'),
  link: name.optional().describe('link id; present for times on a link'),
  workers: z.number().int().positive().optional().describe('present for throughput'),
};

/** What an end of the spread is depends on the number of samples: src/stats/sample.ts. */
const spread = (end: 'least' | 'greatest'): string =>
  `${end} of the n samples where n is below ${INTERVAL_SAMPLES}, from there on the ${end === 'least' ? 'lower' : 'upper'} end of the bootstrap 95 % interval of their median`;

const valueSchema = z
  .strictObject({
    ...key,
    measure: z.enum([...measures.keys()]).describe('name from the table of measures'),
    value: z.union([z.number(), z.string()]),
    unit: z.enum([...new Set([...measures.values()].map(({ unit }) => unit))]),
    exact: z.boolean().describe('true: the same on any machine, runtime and number of workers'),
    n: z.number().int().positive().optional().describe('repetitions of a timed value'),
    low: z
      .number()
      .optional()
      .describe(`${spread('least')}; with n`),
    high: z.number().optional().describe(spread('greatest')),
  })
  .superRefine((record, context) => {
    const measure = measures.get(record.measure)!;
    const fault = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (record.unit !== measure.unit) fault('unit', `is ${record.unit}, not ${measure.unit}`);
    if (record.exact !== measure.exact) fault('exact', `is ${record.exact}, not ${measure.exact}`);
    const found = faultOf(measure, record);
    if (found) fault(found.field, found.message);
    if (record.low !== undefined && record.n === undefined) {
      fault('n', 'is missing: it says what low and high are');
    }
  });

const measureOrCell = z
  .enum([...measures.keys(), '*'])
  .describe('* where the cell failed or was skipped as a whole');
const failedSchema = z.strictObject({ ...key, measure: measureOrCell, error: z.string() });
const skippedSchema = z.strictObject({ ...key, measure: measureOrCell, skipped: z.string() });

/** A line of `records.jsonl`: a value, a cell that failed, or a cell that was skipped. */
export const recordSchema: z.ZodType = z.union([valueSchema, failedSchema, skippedSchema]);

/** As {@link recordSchema}, but the kind is known from the line: a fault then names one field, not three alternatives. */
export function recordSchemaOf(line: object): z.ZodType {
  if ('error' in line) return failedSchema;
  return 'skipped' in line ? skippedSchema : valueSchema;
}

const fidelitySchema = z.strictObject({
  mtime: z.enum(['nanoseconds', 'seconds', 'none']),
  hardlinks: z.boolean(),
  xattrs: z.boolean(),
  devices: z.boolean(),
  sparse: z.boolean(),
  ownerNames: z.boolean(),
  whiteouts: z.boolean(),
});

/** `run.json`. */
export const runSchema: z.ZodType = z.strictObject({
  method,
  experiment: name.optional(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  dataset: z.strictObject({
    id: name,
    title: z.string(),
    description: z.string(),
    digest,
    published: z
      .strictObject({ images: z.int().positive(), figures: z.array(publishedSchema) })
      .optional(),
  }),
  planned: z.array(name),
  images: z.array(
    z.strictObject({
      id: name,
      title: z.string(),
      digest: name,
      warnings: z.array(z.string()).optional(),
    }),
  ),
  models: z.array(
    z.strictObject({
      id: name,
      alias: name.optional(),
      fidelity: fidelitySchema.optional(),
      cutBy: z.literal('reference').optional(),
      revision: z.int().positive().optional(),
    }),
  ),
  links: z.array(
    z.strictObject({
      id: name,
      title: z.string(),
      roundTripMs: z.number().nonnegative(),
      bandwidth: z.number().positive(),
      connections: z.number().int().positive().optional(),
    }),
  ),
  environment: z.strictObject({
    runtime: z.string(),
    platform: z.string(),
    processor: z.string(),
    cores: z.number().int().positive(),
    memory: z.number().nonnegative(),
    load: z.number().nonnegative(),
    checks: z
      .strictObject({
        count: z.int().positive(),
        threads: z.int().nonnegative(),
        highestLoad: z.number().nonnegative(),
        referenceMs: z.number().positive(),
        slowestShare: z.number().nonnegative(),
      })
      .optional(),
    ocibench: z.string(),
    commit: z.string().optional(),
    dependencies: z.record(z.string(), z.string()),
    tools: z.record(z.string(), z.string()).optional(),
  }),
});
