import { presets, resolveModels } from '../models/mod.ts';
import { breakEven } from '../stats/mod.ts';
import type { Measurement } from './measurement.ts';
import type { MeasureName } from './mod.ts';

/** The formats that every table compares with, and the measure each answers. */
const BASELINES: readonly (readonly [alias: string, measure: MeasureName])[] = [
  ['oci-gzip', 'transfer.break_even_oci_gzip'],
  ['tar-zstd', 'transfer.break_even_tar_zstd'],
  ['per-file', 'transfer.break_even_per_file'],
];

/** @param cumulative bytes pulled after each image of the series, by model */
export function breakEvenMeasures(
  cumulative: ReadonlyMap<string, readonly number[]>,
): readonly (readonly [model: string, measurements: readonly Measurement[]])[] {
  const baselines = BASELINES.filter(([alias]) => presets.some((preset) => preset.alias === alias))
    .map(([alias, measure]) => ({ id: resolveModels([alias])[0]!, measure }))
    .filter(({ id }) => cumulative.has(id));
  return [...cumulative].map(([model, bytes]) => [
    model,
    baselines
      .filter(({ id }) => id !== model)
      .map(({ id, measure }) => ({
        image: '*',
        client: 'all-previous',
        measure,
        value: breakEven(bytes, cumulative.get(id)!) ?? 'never',
      })),
  ]);
}
