import { formatBytes, listWords } from '../../format.ts';
import { lost } from '../fidelity.ts';
import { groupBy } from '../group.ts';
import { lastImage, type Standing, standings, type View } from '../view.ts';
import { baselineOf, leader, type Namer, nameAll } from './compare.ts';

export function storage(view: View, name: Namer): readonly string[] {
  const { models } = view.info;
  // Chunkers and digests by themselves store nothing.
  if (models.length > 0 && models.every(({ fidelity: kept }) => kept === undefined)) return [];
  const image = lastImage(view);
  if (image === undefined) return ['No stored bytes were measured.'];
  const count = view.info.images.findIndex(({ id }) => id === image) + 1;
  const list = standings(view, image, 'stored.bytes');
  const scope = count === 1 ? `For ${image}` : `Over ${count} images up to ${image}`;
  const texts = [`${scope}, ${leader(list, name, 'stores', formatBytes)}`];
  texts.push(...caveat(list, name));
  const most = list.at(-1)!;
  if (most.value > list[0]!.value) {
    texts.push(`${name(most.model)} stores most: ${formatBytes(most.value)}.`);
  }
  const unfinished = view.info.models.filter(
    ({ id }) => !list.some(({ model }) => model.id === id),
  );
  if (unfinished.length > 0) {
    texts.push(`Not compared, for want of a value there: ${nameAll(unfinished, name)}.`);
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
  return [`Sizes are to be read with what a format keeps: ${texts.join('; ')}.`];
}

/** A format that keeps less than the baseline has not won by its size alone. */
function caveat(list: readonly Standing[], name: Namer): readonly string[] {
  const [best, next] = list;
  const baseline = baselineOf(list);
  if (!best || !next || !baseline || best.value === next.value) return [];
  const dropped = new Set(lost(baseline.model));
  const more = lost(best.model).filter((part) => !dropped.has(part));
  if (more.length === 0) return [];
  return [`But it drops ${listWords(more)}, which ${name(baseline.model)} keeps.`];
}
