import { formatBytes, listWords, plural } from '../../format.ts';
import { lost } from '../fidelity.ts';
import { groupBy } from '../group.ts';
import { stepsUpTo } from '../steps.ts';
import { hasSums, WITHOUT_SUMS } from '../sums.ts';
import { lastImage, type Standing, standings, type View } from '../view.ts';
import { alikeBest, baselineOf, leader, type Namer, nameAll } from './compare.ts';

export function storage(view: View, name: Namer): readonly string[] {
  const { models } = view.info;
  // Chunkers and digests by themselves store nothing.
  if (models.length > 0 && models.every(({ fidelity: kept }) => kept === undefined)) return [];
  if (!hasSums(view)) return [WITHOUT_SUMS];
  const image = lastImage(view);
  if (image === undefined) return ['No stored bytes were measured.'];
  const count = view.info.images.findIndex(({ id }) => id === image) + 1;
  const list = standings(view, image, 'stored.bytes');
  const scope =
    count === 1
      ? `For ${image}`
      : `Over ${plural(count, 'image')}${stepsUpTo(view, count)} up to ${image}`;
  const texts = [`${scope}, ${leader(list, name, 'need', 'storage')}`];
  texts.push(...caveat(list, name));
  const most = list.at(-1)!;
  if (!alikeBest(list).includes(most)) {
    texts.push(`${name(most.model)} needs the most storage: ${formatBytes(most.value)}.`);
  }
  const unfinished = view.info.models.filter(
    ({ id }) => !list.some(({ model }) => model.id === id),
  );
  if (unfinished.length > 0) {
    texts.push(`Not compared (no value): ${nameAll(unfinished, name)}.`);
  }
  return texts;
}

export function fidelity(view: View, name: Namer): readonly string[] {
  const groups = groupBy(view.info.models, (model) => lost(model).join('\n'));
  const dropped = [...groups].filter(([parts]) => parts !== '');
  if (dropped.length === 0) return [];
  const texts = dropped.map(
    ([parts, models]) =>
      `${nameAll(models, name)} drop${models.length === 1 ? 's' : ''} ${listWords(parts.split('\n'))}`,
  );
  return [`Read sizes together with fidelity: ${texts.join('; ')}.`];
}

/** A format that keeps less than the baseline has not won by its size alone. */
function caveat(list: readonly Standing[], name: Namer): readonly string[] {
  const baseline = baselineOf(list);
  const best = alikeBest(list);
  if (!baseline || best.length === list.length) return [];
  const dropped = new Set(lost(baseline.model));
  const more = groupBy(best, ({ model }) =>
    listWords(lost(model).filter((part) => !dropped.has(part))),
  );
  return [...more].flatMap(([parts, alike]) => {
    if (parts === '') return [];
    const models = alike.map(({ model }) => model);
    const drop = models.length === 1 ? 'drops' : 'drop';
    return [`${nameAll(models, name)} ${drop} ${parts}, which ${name(baseline.model)} keeps.`];
  });
}
