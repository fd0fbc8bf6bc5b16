import { formatShare, listWords } from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { remainder } from '../../stats/mod.ts';
import { groupBy } from '../group.ts';
import { familyLabel, familyOf } from '../models.ts';
import type { Standing } from '../view.ts';

/** What the sentences of a summary share. */

export type Namer = (model: RunModel) => string;

/** Formats that a reader knows; the first that was measured is what others are compared with. */
export const BASELINES = ['oci-gzip', 'tar-zstd', 'per-file'] as const;

export function baselineOf(list: readonly Standing[]): Standing | undefined {
  return BASELINES.map((alias) => list.find(({ model }) => model.alias === alias)).find(Boolean);
}

/** `catar stores least: 1 MB, 20 % less than oci-gzip (1.25 MB).` */
export function leader(
  list: readonly Standing[],
  name: Namer,
  verb: string,
  format: (value: number) => string,
): string {
  const best = list[0]!;
  const baseline = baselineOf(list);
  if (list.length === 1) {
    return `${name(best.model)} ${verb} ${format(best.value)}; there is no other to compare.`;
  }
  const ties = list.filter(({ value }) => value === best.value);
  if (ties.length === list.length) {
    return `all ${list.length} models come to ${format(best.value)}.`;
  }
  const who = nameAll(
    ties.map(({ model }) => model),
    name,
  );
  const what = ties.length === 1 ? `${who} ${verb} least` : `${who} tie for least`;
  return `${what}: ${format(best.value)}${against(best, baseline, name, format)}.`;
}

function against(
  best: Standing,
  baseline: Standing | undefined,
  name: Namer,
  format: (value: number) => string,
): string {
  if (!baseline) return ' (no baseline was measured)';
  const reference = `${name(baseline.model)} (${format(baseline.value)})`;
  if (baseline.model === best.model) return ', and it is the baseline';
  if (baseline.value === best.value) return `, as ${name(baseline.model)}`;
  const less = remainder(best.value, baseline.value);
  if (less === undefined) return `, against ${reference}`;
  return `, ${formatShare(less)} less than ${reference}`;
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
