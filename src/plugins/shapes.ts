import * as z from 'zod';
import { units } from '../measures/mod.ts';

/** What members of plug-ins must look like: members of this tree are checked by the compiler. */

const word = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'use lower-case letters, digits, hyphens');
const text = z.string().min(1);
const code = z.custom<unknown>((value) => typeof value === 'function', 'is no function');

const parameter = z.looseObject({
  name: word,
  kind: z.enum(['bytes', 'integer', 'hex', 'word']),
  description: text,
  default: z.union([z.number(), z.string(), code]),
});

const member = { name: word, title: text, source: text, parameters: z.array(parameter) };

/** The lists of a plug-in. */
export type FamilyName =
  | 'chunkers'
  | 'codecs'
  | 'serialisers'
  | 'packers'
  | 'fetchers'
  | 'models'
  | 'measures'
  | 'charts'
  | 'experiments';

export const shapes: Readonly<Record<FamilyName, z.ZodType>> = {
  chunkers: z.looseObject({ ...member, contentDefined: z.boolean(), algorithm: code }),
  codecs: z.looseObject({ ...member, create: code }),
  serialisers: z.looseObject({
    ...member,
    streams: z.enum(['archives', 'parts', 'contents']),
    create: code,
  }),
  packers: z.looseObject({ ...member, create: code }),
  fetchers: z.looseObject({ ...member, fetcher: z.looseObject({ rounds: code }) }),
  models: z.strictObject({ alias: word, chain: text, title: text, source: text }),
  measures: z.strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*(\.[a-z0-9_]+)+$/, 'use words with dots between'),
    title: text,
    unit: z.enum(units),
    better: z.enum(['less', 'more', 'neither']),
    exact: z.boolean(),
    of: z.enum(['packed image', 'series so far', 'transfer']),
    by: z.literal('link').optional(),
    clients: z.array(text).optional(),
    spread: z.literal(true).optional(),
    kind: z.enum(['part', 'change', 'signed', 'mean']).optional(),
    doc: text,
    part: code.optional(),
  }),
  charts: code,
  experiments: z.looseObject({
    name: word,
    title: text,
    claims: text,
    packed: z.array(text),
    swept: z.array(text),
    isOfAnyStep: z.literal(true).optional(),
    verdict: code,
  }),
};
