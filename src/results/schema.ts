import * as z from 'zod';
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
    .union([z.enum(CLIENTS), z.string().regex(/^(image|chunks):./s)])
    .describe(
      'what the client holds; image:ID holds that image, chunks:CHUNKER the image before cut by that chunker; - where no client is involved',
    ),
  link: name.optional().describe('link id; present for times on a link'),
  workers: z.number().int().positive().optional().describe('present for throughput'),
  layer: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('number of the layer, the lowest 1; present for figures of one layer'),
  program: name.optional().describe('program that starts; present for lazy starts'),
};

/** What an end of the spread is depends on the number of samples: src/stats/sample.ts. */
const spread = (end: 'least' | 'greatest'): string =>
  `${end} of the n samples where n is below ${INTERVAL_SAMPLES}, from there on the ${end === 'least' ? 'lower' : 'upper'} end of the 95 % interval of their median`;

const valueSchemaOf = (named: z.ZodType<string>): z.ZodType =>
  z
    .strictObject({
      ...key,
      measure: named.describe('name from the table of measures'),
      value: z.union([z.number(), z.string()]),
      unit: z.enum([...new Set([...measures.values()].map(({ unit }) => unit))]),
      exact: z.boolean().describe('true: the same on any machine, runtime and number of workers'),
      n: z.number().int().positive().optional().describe('repetitions of a timed value'),
      low: z
        .number()
        .optional()
        .describe(`${spread('least')}; with n`),
      high: z.number().optional().describe(spread('greatest')),
      samples: z
        .array(z.number().nonnegative())
        .min(1)
        .optional()
        .describe('times of all repetitions, milliseconds, in the order measured; with n'),
      disturbed: z
        .number()
        .int()
        .positive()
        .optional()
        .describe('repetitions taken while the machine did other work; absent for none'),
    })
    .superRefine((record, context) => {
      const measure = measures.get(record.measure);
      if (!measure) return;
      const fault = (field: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [field], message });
      if (record.unit !== measure.unit) fault('unit', `is ${record.unit}, not ${measure.unit}`);
      if (record.exact !== measure.exact)
        fault('exact', `is ${record.exact}, not ${measure.exact}`);
      const found = faultOf(measure, record);
      if (found) fault(found.field, found.message);
      if (record.low !== undefined && record.n === undefined) {
        fault('n', 'is missing: it says what low and high are');
      }
      // A repetition in which no time was seen to pass has no rate.
      if (record.samples !== undefined && record.samples.length < (record.n ?? Infinity)) {
        fault('samples', 'are fewer than n');
      }
    });

interface Schemas {
  readonly value: z.ZodType;
  readonly failed: z.ZodType;
  readonly skipped: z.ZodType;
}

function schemasOf(named: z.ZodType<string>, orCell: z.ZodType<string>): Schemas {
  const measure = orCell.describe('* where the cell failed or was skipped as a whole');
  return {
    value: valueSchemaOf(named),
    failed: z.strictObject({ ...key, measure, error: z.string() }),
    skipped: z.strictObject({ ...key, measure, skipped: z.string() }),
  };
}

/** Of the measures that are known now: plug-ins may come later. */
function knownSchemas(): Schemas {
  const names = [...measures.keys()];
  return schemasOf(z.enum(names), z.enum([...names, '*']));
}

const own = knownSchemas();
let all = { count: measures.size, schemas: own };

/** Of measures of plug-ins that are not loaded: nothing is known of their values. */
const foreign = schemasOf(name, name);

/** A line of `records.jsonl`: a value, a cell that failed, or a cell that was skipped. */
export const recordSchema: z.ZodType = z.union([own.value, own.failed, own.skipped]);

/**
 * As {@link recordSchema}, but the kind is known from the line: a fault then names one field, not three alternatives.
 * @param isForeign its measure is one of a plug-in that is not loaded
 */
export function recordSchemaOf(line: object, isForeign = false): z.ZodType {
  if (all.count !== measures.size) all = { count: measures.size, schemas: knownSchemas() };
  const { value, failed, skipped } = isForeign ? foreign : all.schemas;
  if ('error' in line) return failed;
  return 'skipped' in line ? skipped : value;
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
  plugins: z.array(z.strictObject({ name, digest })).min(1).optional(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  records: z.strictObject({ count: z.int().nonnegative(), digest }).optional(),
  dataset: z.strictObject({
    id: name,
    title: z.string(),
    description: z.string(),
    digest,
    named: z
      .strictObject({ inputs: z.array(z.string()).min(1), platform: z.string().optional() })
      .optional(),
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
