import { lost } from '../fidelity.ts';
import { formatBytes, listWords } from '../format.ts';
import { groupBy } from '../group.ts';
import { lastImage, standings, type View } from '../view.ts';
import { leader, type Namer, nameAll } from './compare.ts';

export function storage(view: View, name: Namer): readonly string[] {
  const image = lastImage(view);
  if (image === undefined) return ['No stored bytes were measured.'];
  const count = view.info.images.findIndex(({ id }) => id === image) + 1;
  const list = standings(view, image, 'stored.bytes');
  const scope = count === 1 ? `For ${image}` : `Over ${count} images up to ${image}`;
  const texts = [`${scope}, ${leader(list, name, 'stores', formatBytes)}`];
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
  const groups = groupBy(view.info.models, (model) => lost(model.fidelity).join('\n'));
  const dropped = [...groups].filter(([parts]) => parts !== '');
  if (dropped.length === 0) return [];
  const texts = dropped.map(
    ([parts, models]) =>
      `${nameAll(models, name)} drop${models.length === 1 ? 's' : ''} ${listWords(parts.split('\n'))}`,
  );
  return [`Sizes are to be read with what a format keeps: ${texts.join('; ')}.`];
}
