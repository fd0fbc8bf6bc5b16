import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { METHOD } from '../method.ts';
import { readChecked } from '../results/checked.ts';
import { writeWhole } from '../write-whole.ts';
import type { Explanation } from './explanation.ts';
import { CAUSES } from './known.ts';
import { type Tiles, tilesOf } from './tiles.ts';

/** `explained.json`: what a run keeps of an explanation, for its report. */

/** An explanation as it is drawn. */
export interface KeptExplanation {
  /** `id@sha256:…` */
  readonly dataset: string;
  /** Version of the methodology. */
  readonly method: number;
  /** Id. */
  readonly image: string;
  /** Canonical id. */
  readonly model: string;
  /** Name of the preset, where it has one. */
  readonly alias?: string;
  /** As in records. */
  readonly client: string;
  /** Ids of the images that the client holds. */
  readonly holds: readonly string[];
  /** Ids of the images that the registry keeps. */
  readonly keeps: readonly string[];
  readonly transferred: Tiles;
  readonly stored: Tiles;
}

export const EXPLAINED = 'explained.json';

const bytes = z.int().nonnegative();

const tiles = z.strictObject({
  groupedBy: z.enum(['source package', 'directory']),
  bytes,
  count: z.int().nonnegative(),
  tiles: z.array(
    z.strictObject({
      group: z.string(),
      package: z.string().optional(),
      path: z.string().optional(),
      part: z.enum(['manifest', 'configuration', 'index', 'archive']).optional(),
      count: z.int().positive(),
      cause: z.enum(CAUSES),
      bytes,
      uncompressedBytes: bytes,
    }),
  ),
});

const schema = z.strictObject({
  dataset: z.string(),
  method: z.int(),
  image: z.string(),
  model: z.string(),
  alias: z.string().optional(),
  client: z.string(),
  holds: z.array(z.string()),
  keeps: z.array(z.string()),
  transferred: tiles,
  stored: tiles,
});

export function keptOf(explanation: Explanation): KeptExplanation {
  const { dataset, digest, image, model, alias, client, holds, keeps } = explanation;
  return {
    dataset: `${dataset}@${digest}`,
    method: METHOD,
    image,
    model,
    ...(alias === undefined ? {} : { alias }),
    client,
    holds,
    keeps,
    transferred: tilesOf(explanation.transferred),
    stored: tilesOf(explanation.stored),
  };
}

/** Into the directory of a run; what was kept before is replaced. Throws a StorageError. */
export function keepExplanation(directory: string, kept: KeptExplanation): void {
  writeWhole(join(directory, EXPLAINED), `${JSON.stringify(kept, undefined, 2)}\n`);
}

/** undefined where the run keeps none. Throws an InputError where the file is none, or a StorageError. */
export function readExplanation(directory: string): KeptExplanation | undefined {
  const file = join(directory, EXPLAINED);
  if (!existsSync(file)) return undefined;
  return readChecked(
    schema,
    file,
    'remove the file, then bench explain RUN --report',
  ) as KeptExplanation;
}
