import { formatBytes, formatShare, listWords } from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { areSettled, remainder } from '../../stats/mod.ts';
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

/** True where nothing says which of two is less: see METHODS.md, "Ties". */
function areAlike(less: Standing, more: Standing): boolean {
  return isNear(less, more) || !areApart(less, more);
}

export function isNear(less: Standing, more: Standing): boolean {
  return more.value <= (1 + ALIKE) * less.value;
}

/** Of means: leaving one step out moves their difference by less than it is. */
function areApart(one: Standing, other: Standing): boolean {
  return !one.steps || !other.steps || areSettled(one.steps, other.steps);
}

/** Those that cannot be told from the least. @param list least first */
export function alikeBest(list: readonly Standing[]): readonly Standing[] {
  return list.filter((one) => areAlike(list[0]!, one));
}

/** `catar needs the least storage: 1 MB, 20 % less than oci-gzip (1.25 MB).` @param verb of many: `need` */
export function leader(list: readonly Standing[], name: Namer, verb: string, what: string): string {
  const best = list[0]!;
  const alike = alikeBest(list);
  const values = fromTo([best.value, alike.at(-1)!.value], formatBytes);
  if (list.length === 1) {
    return `${name(best.model)} ${verb}s ${values} of ${what}; there is no other to compare.`;
  }
  const isTie = !alike.every((one) => isNear(best, one));
  if (alike.length === list.length) {
    return isTie
      ? `all ${list.length} models tie in ${what}: ${values}.`
      : `all ${list.length} models ${verb} about the same ${what}: ${values}.`;
  }
  const who = nameAll(
    alike.map(({ model }) => model),
    name,
  );
  const how = isTie ? 'a tie' : `a tie within ${formatShare(ALIKE, 0)}`;
  const least =
    alike.length === 1
      ? `${who} ${verb}s the least ${what}`
      : `${who} ${verb} the least ${what}, ${how}`;
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
  // Those that tie with the least may tie with the baseline as well.
  const isLess = alike.every((one) => areApart(one, baseline));
  if (less.length === 0 || !isLess) return `, against ${reference}`;
  // With both ends of a tie in one sentence it has more figures than are read.
  const words = `${fromTo(less, formatShare)} less than ${reference}`;
  return alike.length === 1 ? `, ${words}` : `. That is ${words}`;
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
