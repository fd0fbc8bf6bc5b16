import type { RunModel } from '../../results/run.ts';
import { formatNumber, formatShare, plural } from '../format.ts';
import type { View } from '../view.ts';
import { type Namer, nameAll } from './compare.ts';

export function throughput(view: View, name: Namer): readonly string[] {
  const noise = view.of('throughput.noise_floor')[0]?.value;
  const floor = typeof noise === 'number' ? noise : undefined;
  const texts = (['pack', 'unpack'] as const).flatMap((operation) => {
    const rates = view
      .of(`throughput.${operation}`)
      .filter(({ workers }) => workers === 1)
      .flatMap(({ model: id, value, low, high }) => {
        const model = view.info.models.find((one) => one.id === id);
        return model && typeof value === 'number' ? [{ model, value, low, high }] : [];
      })
      .toSorted((a, b) => b.value - a.value);
    const [first, second] = rates;
    if (!first) return [];
    const { low, high } = first;
    const interval =
      low === undefined || high === undefined
        ? ''
        : `, 95 % interval ${formatNumber(low, 1)} to ${formatNumber(high, 1)}`;
    const rate = `${formatNumber(first.value, 1)} MB/s${interval}`;
    if (!second) return [`${name(first.model)} ${operation}s ${rate} with one worker.`];
    if (floor !== undefined && 1 - second.value / first.value < floor) {
      return [
        `With one worker ${name(first.model)} ${operation}s at ${rate}; ${name(second.model)} differs by less than the noise.`,
      ];
    }
    if (low !== undefined && second.high !== undefined && low <= second.high) {
      return [
        `With one worker ${name(first.model)} ${operation}s at ${rate}; the interval of ${name(second.model)} overlaps it.`,
      ];
    }
    return [`With one worker ${name(first.model)} ${operation}s fastest (${rate}).`];
  });
  texts.push(...scaling(view, name));
  if (texts.length > 0 && floor !== undefined) {
    texts.push(`Repetitions differ by ${formatShare(floor)}: smaller differences are none.`);
  }
  return texts;
}

/** The widest range there is: most workers that were tried. */
function scaling(view: View, name: Namer): readonly string[] {
  return (['pack', 'unpack'] as const).flatMap((operation) => {
    const gains = view
      .of(`throughput.${operation}_speedup`)
      .flatMap(({ model: id, workers, value }) => {
        const model = view.info.models.find((one) => one.id === id);
        if (!model || workers === undefined || workers < 2 || typeof value !== 'number') return [];
        return [{ model, workers, value }];
      });
    const most = Math.max(0, ...gains.map(({ workers }) => workers));
    const ends = gains
      .filter(({ workers }) => workers === most)
      .toSorted((a, b) => a.value - b.value);
    const [least, best] = [ends[0], ends.at(-1)];
    if (!least || !best) return [];
    const times = ({ value, model }: typeof best): string =>
      `${formatNumber(value, 2)} (${name(model)})`;
    const range = ends.length === 1 ? times(best) : `${times(least)} to ${times(best)}`;
    return [`${most} workers ${operation} at ${range} times the speed of one.`];
  });
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
  if (view.values.length === 0) texts.push('No value was measured.');
  if (failed.length > 0) {
    const ids = new Set(failed.map(({ model }) => model));
    const models = view.info.models.filter(({ id }) => ids.has(id));
    const whose = models.length > 0 ? ` (${nameAll(models, name)})` : '';
    texts.push(`${plural(failed.length, 'cell')} failed${whose}: see the table below.`);
  }
  if (skipped.length > 0) texts.push(`${plural(skipped.length, 'cell')} skipped on this machine.`);
  return texts;
}
