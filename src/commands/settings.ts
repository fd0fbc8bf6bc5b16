import * as z from 'zod';
import { readChecked } from '../results/checked.ts';
import type { Settings } from './settings-file.ts';

/** What a user sets once, of this machine: nothing here decides what is measured. */
const schema = z.strictObject({
  cache: z.string().min(1).optional(),
  'cache-size': z.string().min(1).optional(),
  mirror: z.string().min(1).optional(),
  'insecure-registry': z.array(z.string().min(1)).optional(),
  workers: z.int().min(1).optional(),
  plugin: z.array(z.string().min(1)).optional(),
  quiet: z.boolean().optional(),
});

const REMEDY =
  'correct the file, or remove it; it may set cache, cache-size, mirror, insecure-registry, workers, plugin and quiet';

/** Options that count where the command line does not give them. Throws an InputError that names file and field, or a StorageError. */
export function readSettings(file: string): Settings {
  const given = readChecked(schema, file, REMEDY) as z.infer<typeof schema>;
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'number' ? String(value) : value]],
    ),
  );
}
