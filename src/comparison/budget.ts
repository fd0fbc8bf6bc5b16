import * as z from 'zod';
import { InputError } from '../errors.ts';
import { formatValue } from '../format.ts';
import { findMember, parseSize } from '../ids.ts';
import { CLIENTS, cutterOf, heldImage } from '../measures/clients.ts';
import { type Measure, measures } from '../measures/mod.ts';
import { aliasOf, resolveModels } from '../models/mod.ts';
import type { View } from '../report/view.ts';
import { readChecked } from '../results/checked.ts';

/** What figures may be at most, or must be at least. */

const HELP = 'see docs/compare.md';

const limitSchema = z.strictObject({
  measure: z.string(),
  model: z.string().optional(),
  client: z.string().optional(),
  image: z.string().optional(),
  /** Of bytes also a size: `6MiB`. */
  limit: z.union([z.number(), z.string()]),
});

const budgetSchema = z.strictObject({ limits: z.array(limitSchema).min(1) });

/** One line of a budget, every name resolved. */
export interface Limit {
  readonly measure: Measure;
  /** Canonical id; every model where absent. */
  readonly model?: string | undefined;
  /** Every client where absent. */
  readonly client?: string | undefined;
  /** Every image where absent. */
  readonly image?: string | undefined;
  /** Most of a measure of which less is better, least of one of which more is. */
  readonly limit: number;
}

/** Throws an InputError that names file and field, a StorageError, or a UsageError for an unknown name. */
export function readBudget(file: string): readonly Limit[] {
  const { limits } = readChecked(budgetSchema, file, HELP) as z.infer<typeof budgetSchema>;
  return limits.map(({ measure: name, model, limit: given, ...places }, place) => {
    const measure = findMember('measure', [...measures.values()], name);
    const limit = numberOf(given, measure);
    if (limit === undefined || measure.better === 'neither') {
      const field = `limits.${place}.${limit === undefined ? 'limit' : 'measure'}`;
      const what =
        limit === undefined
          ? 'this is no number, and no size such as 4MiB or 500KiB'
          : `${name} is neither good nor bad`;
      throw new InputError(what, { file, field }, HELP);
    }
    const { client } = places;
    if (client !== undefined && !isNamed(client)) findMember('client', NAMED_CLIENTS, client);
    return {
      measure,
      model: model && resolveModels([model])[0],
      ...places,
      limit,
    };
  });
}

const NAMED_CLIENTS = CLIENTS.map((name) => ({ name }));

/** Of what a client holds by its own name: which images and chunkers there are, only the records say. */
function isNamed(client: string): boolean {
  return heldImage(client) !== undefined || cutterOf(client) !== undefined;
}

function numberOf(given: number | string, { unit }: Measure): number | undefined {
  if (typeof given === 'number') return given;
  return unit === 'bytes' ? parseSize(given) : undefined;
}

/**
 * What is beyond its limit: a line each. A limit that no figure was held against is one as well, since it guards nothing.
 *
 * @param newer id of the image that limits without one hold for; all where absent
 */
export function overBudget(
  { values }: View,
  limits: readonly Limit[],
  newer?: string,
): readonly string[] {
  return limits.flatMap(({ measure, model, client, image, limit }) => {
    const isOf = (id: string): boolean =>
      image === undefined ? id === '*' || (newer ?? id) === id : image === id;
    const held = values.filter(
      (record) =>
        record.measure === measure.name &&
        typeof record.value === 'number' &&
        (model ?? record.model) === record.model &&
        (client ?? record.client) === record.client &&
        isOf(record.image),
    );
    const places = [measure.name, image, model && (aliasOf(model) ?? model), client];
    if (held.length === 0) {
      return [`${places.filter(Boolean).join(' ')}: no such figure was measured`];
    }
    const isLess = measure.better === 'less';
    return held
      .filter(({ value }) => (isLess ? Number(value) > limit : Number(value) < limit))
      .map((record) => {
        const [is, may] = [Number(record.value), limit].map((one) => exactly(one, measure));
        const by = aliasOf(record.model) ?? record.model;
        const to = record.client === '-' ? '' : `, client ${record.client}`;
        return `${measure.name} of ${record.image} by ${by}${to}: ${is}; the limit is ${isLess ? 'at most' : 'at least'} ${may}`;
      });
  });
}

/** Bytes as they are: a figure one byte over reads like its limit otherwise. */
function exactly(value: number, { unit }: Measure): string {
  return unit === 'bytes' ? `${value} bytes` : formatValue(value, unit);
}
