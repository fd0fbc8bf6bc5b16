import { formatNumber, plural } from '../../format.ts';
import { MAIN_OPERATIONS, type Operation } from '../../measures/throughput.ts';
import type { RunModel } from '../../results/run.ts';
import { intervalName, pairsOf, roundsToCompare, toldApart } from '../../stats/mod.ts';
import {
  busy,
  disturbance,
  floors,
  formatGain,
  formatRate,
  formatRatio,
  hasSpread,
  NOT_COMPARED,
  noiseFloor,
} from '../noise.ts';
import type { View } from '../view.ts';
import { type Namer, nameAll } from './compare.ts';

export function throughput(view: View, name: Namer): readonly string[] {
  const records = MAIN_OPERATIONS.flatMap((operation) => view.of(`throughput.${operation}`));
  if (busy(view) !== undefined) return records.length > 0 ? [NOT_COMPARED] : [];
  const disturbed = disturbance(records);
  if (disturbed !== undefined) return [disturbed];
  const texts = [
    ...MAIN_OPERATIONS.flatMap((operation) => fastest(view, operation, name)),
    ...MAIN_OPERATIONS.flatMap((operation) => scaling(view, operation, name)),
  ];
  const noise = floors(view);
  if (texts.length > 0 && noise !== undefined) {
    texts.push(`Differences below ${noise} are within noise.`);
  }
  return texts;
}

function fastest(view: View, operation: Operation, name: Namer): readonly string[] {
  const single = view.of(`throughput.${operation}`).filter(({ workers }) => workers === 1);
  const rounds = Math.max(0, ...single.map(({ samples = [] }) => samples.length));
  const rates = single
    // One that failed in between was not in every round.
    .filter(({ samples = [] }) => samples.length === rounds)
    .flatMap((record) => {
      const model = view.info.models.find((one) => one.id === record.model);
      return model && typeof record.value === 'number'
        ? [{ model, value: record.value, record }]
        : [];
    })
    .toSorted((a, b) => b.value - a.value);
  const [first, ...others] = rates;
  if (!first) return [];
  const rate = formatRate(first.record, 1);
  const own = `With one worker ${name(first.model)} ${operation}s`;
  if (others.length === 0) return [`${own} at ${rate}.`];
  const needed = roundsToCompare(pairsOf(rates.length));
  if (rounds < needed) {
    const last = others.at(-1)!;
    const least = `${name(last.model)} at ${formatNumber(last.value, 1)} MB/s`;
    const why =
      rounds === 0
        ? 'times of single rounds were not kept'
        : `it takes ${needed} rounds, not ${rounds}`;
    return [`${own} at ${rate}, ${least}; not compared: ${why}.`];
  }
  const series = rates.map(({ record }) => record.samples ?? []);
  const differ = toldApart(series, noiseFloor(view, operation));
  const alike = others.filter((_, index) => !differ(0, index + 1)).map(({ model }) => model);
  if (alike.length === 0) return [`${own} fastest (${rate}).`];
  return [`${own} at ${rate}; no difference to ${nameAll(alike, name)} that this run can tell.`];
}

/** The widest range there is: most workers that were tried. */
function scaling(view: View, operation: Operation, name: Namer): readonly string[] {
  const floor = noiseFloor(view, operation);
  const gains = view.of(`throughput.${operation}_speedup`).flatMap((record) => {
    const model = view.info.models.find((one) => one.id === record.model);
    const { workers = 1, value } = record;
    if (!model || workers < 2 || typeof value !== 'number') return [];
    const text = formatGain(view, record, floor);
    const isNoise = text === undefined && hasSpread(record);
    return [{ model, workers, value, text, record, isNoise }];
  });
  const most = Math.max(0, ...gains.map(({ workers }) => workers));
  const ends = gains.filter(({ workers }) => workers === most);
  const noisy = ends.filter(({ isNoise }) => isNoise).map(({ model }) => model);
  const told = ends.filter(({ text }) => text !== undefined).toSorted((a, b) => a.value - b.value);
  const [least, best] = [told[0], told.at(-1)];
  const within =
    noisy.length > 0
      ? [
          `With ${most} workers, ${operation}ing of ${nameAll(noisy, name)} is within noise of the speed of one.`,
        ]
      : [];
  if (!least || !best) return within;
  const times = ({ record, model }: typeof best): string => `${name(model)} ${formatRatio(record)}`;
  const range =
    told.length === 1
      ? `${name(best.model)} ${best.text}`
      : `${times(least)} to ${times(best)}, each with its ${intervalName(best.record.n!)}`;
  return [`${most} workers ${operation} at a multiple of the speed of one: ${range}.`, ...within];
}

export function reproducibility(view: View, name: Namer): readonly string[] {
  const tried = view.of('reproducibility.distinct_digests');
  if (tried.length === 0) return [];
  const byId = new Map(view.info.models.map((model) => [model.id, model]));
  const failing = (measure: string): readonly RunModel[] =>
    view
      .of(measure)
      .filter(({ value }) => value !== 1)
      .flatMap(({ model }) => byId.get(model) ?? []);
  const unstable = failing('reproducibility.distinct_digests');
  const texts = [
    unstable.length === 0
      ? `Each of ${plural(tried.length, 'model')} tried gives one digest under every condition varied.`
      : `More than one digest under varied conditions: ${nameAll(unstable, name)}.`,
  ];
  const runtimes = failing('reproducibility.runtime_digests');
  if (runtimes.length > 0) texts.push(`Node and Deno disagree: ${nameAll(runtimes, name)}.`);
  const moving = failing('reproducibility.fixpoint');
  if (moving.length > 0) {
    texts.push(`Packing what was unpacked gives another digest: ${nameAll(moving, name)}.`);
  }
  return texts;
}

export function missing(view: View, name: Namer): readonly string[] {
  const failed = view.records.filter((record) => 'error' in record);
  const skipped = view.records.filter((record) => 'skipped' in record);
  const texts: string[] = [];
  if (view.info.finishedAt === undefined) {
    texts.push('The run has not ended, or was interrupted: its command goes on where it is.');
  }
  if (view.values.length === 0) texts.push('No value was measured.');
  if (failed.length > 0) {
    const ids = new Set(failed.map(({ model }) => model));
    const models = view.info.models.filter(({ id }) => ids.has(id));
    const whose = models.length > 0 ? ` (${nameAll(models, name)})` : '';
    texts.push(`${plural(failed.length, 'cell')} failed${whose}: see the table below.`);
  }
  if (skipped.length > 0)
    texts.push(`${plural(skipped.length, 'measurement')} skipped: see the table below.`);
  return texts;
}
