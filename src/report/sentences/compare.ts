import { formatBytes, formatShare, listWords } from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { remainder } from '../../stats/mod.ts';
import { groupBy } from '../group.ts';
import { familyLabel, familyOf } from '../models.ts';
import type { Standing } from '../view.ts';

/** What the sentences of a summary share. */

export type Namer = (model: RunModel) => string;

/** Formats that a reader knows; the first that was measured is what others are compared with. */
export const BASELINES = ['oci-gzip', 'tar-zstd', 'per-file'] as const;

export function baselineAmong(models: readonly RunModel[]): RunModel | undefined {
  return BASELINES.map((alias) => models.find((model) => model.alias === alias)).find(Boolean);
}

export function baselineOf(list: readonly Standing[]): Standing | undefined {
  const baseline = baselineAmong(list.map(({ model }) => model));
  return list.find(({ model }) => model === baseline);
}

/** Sizes that differ by less than this are called alike: the next dataset may turn them round. */
const ALIKE = 0.02;

export function alikeBest(list: readonly Standing[]): readonly Standing[] {
  return list.filter(({ value }) => value <= (1 + ALIKE) * list[0]!.value);
}

/** `catar needs the least storage: 1 MB, 20 % less than oci-gzip (1.25 MB).` @param verb of many: `need` */
export function leader(list: readonly Standing[], name: Namer, verb: string, what: string): string {
  const best = list[0]!;
  const alike = alikeBest(list);
  const values = fromTo([best.value, alike.at(-1)!.value], formatBytes);
  if (list.length === 1) {
    return `${name(best.model)} ${verb}s ${values} of ${what}; there is no other to compare.`;
  }
  if (alike.length === list.length) {
    return `all ${list.length} models ${verb} about the same ${what}: ${values}.`;
  }
  const who = nameAll(
    alike.map(({ model }) => model),
    name,
  );
  const least =
    alike.length === 1
      ? `${who} ${verb}s the least ${what}`
      : `${who} ${verb} the least ${what}, alike within ${formatShare(ALIKE, 0)}`;
  return `${least}: ${values}${against(alike, baselineOf(list), name)}.`;
}

/** `1 MB`, `1 MB to 1.01 MB`. */
export function fromTo(values: readonly number[], format: (value: number) => string): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => format(value));
  return least === most ? least! : `${least} to ${most}`;
}

function against(alike: readonly Standing[], baseline: Standing | undefined, name: Namer): string {
  if (!baseline) return ' (no baseline was measured)';
  if (alike.includes(baseline)) {
    return `, ${alike.length === 1 ? 'and it is the baseline' : `the baseline ${name(baseline.model)} among them`}`;
  }
  const reference = `${name(baseline.model)} (${formatBytes(baseline.value)})`;
  const less = alike.flatMap(({ value }) => remainder(value, baseline.value) ?? []);
  if (less.length === 0) return `, against ${reference}`;
  return `, ${fromTo(less, formatShare)} less than ${reference}`;
}

/** Names of models; chunk sizes of one chain are named together, so that a sweep does not drown the rest. */
export function nameAll(models: readonly RunModel[], name: Namer): string {
  const families = groupBy(models, (model) =>
    model.alias === undefined ? familyOf(model.id).family : model.id,
  );
  const names = [...families].flatMap(([family, members]) =>
    members.length > 2
      ? `${members.length} chunk sizes of ${familyLabel(family)}`
      : members.map(name),
  );
  return listWords(names);
}
