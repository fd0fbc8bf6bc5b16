import { formatBytes, formatNumber, listWords } from '../../format.ts';
import {
  defined,
  breakEven as firstBelow,
  lastingBreakEven,
  paretoFront,
} from '../../stats/mod.ts';
import { groupBy } from '../group.ts';
import { lastImage, meanPerUpdate, type Standing, standings, updates, type View } from '../view.ts';
import { alikeBest, BASELINES, fromTo, leader, type Namer, nameAll } from './compare.ts';

/** Of models that are alike, so many are named with their requests. */
const MOST_NAMED = 4;

export function transfer(view: View, name: Namer): readonly string[] {
  const images = updates(view);
  if (images.length === 0) return coldPull(view, name);
  const list = view.info.models
    .map((model) => ({ model, value: meanPerUpdate(view, model.id, 'transfer.bytes') }))
    .filter((one): one is Standing => one.value !== undefined)
    .toSorted((a, b) => a.value - b.value);
  if (list.length === 0) return ['No model reached every update of the series.'];
  const scope = images.length === 1 ? 'In the one update' : `Per update (mean of ${images.length})`;
  const texts = [
    `${scope}, for a client that has the previous image, ${leader(list, name, 'transfer', 'data')}`,
  ];
  const asked = alikeBest(list)
    .slice(0, MOST_NAMED)
    .flatMap(({ model }) => {
      const requests = meanPerUpdate(view, model.id, 'transfer.requests');
      return requests === undefined ? [] : [`${name(model)} ${formatNumber(requests)}`];
    });
  if (asked.length > 0) texts.push(`Requests for it: ${listWords(asked)}.`);
  if (images.length > 1) texts.push(steps(view, images, name));
  return texts;
}

/** More are told by the least and the greatest of them. */
const MOST_STEPS = 6;

/** A mean over a point release and a major release hides that they differ, and that another model may win one of them. */
function steps(view: View, images: readonly string[], name: Namer): string {
  const all = images.map((image) => {
    const list = standings(view, image, 'transfer.bytes', 'previous');
    const alike = alikeBest(list);
    const models = alike.map(({ model }) => model);
    const values = fromTo(
      alike.map(({ value }) => value),
      formatBytes,
    );
    const text = `${image} ${values} (${alike.length === list.length ? 'all alike' : nameAll(models, name)})`;
    return { text, value: list[0]!.value };
  });
  const sorted = all.toSorted((a, b) => a.value - b.value);
  const shown = all.length <= MOST_STEPS ? all : [sorted[0]!, sorted.at(-1)!];
  const which =
    shown === all ? 'Least data by update' : 'Least data of the smallest and the largest update';
  return `${which}: ${shown.map(({ text }) => text).join('; ')}.`;
}

function coldPull(view: View, name: Namer): readonly string[] {
  const image = lastImage(view, 'transfer.bytes');
  if (image === undefined) return [];
  const list = standings(view, image, 'transfer.bytes', 'none');
  if (list.length === 0) return [];
  return [
    `No update was measured. For a cold pull of ${image}, ${leader(list, name, 'transfer', 'data')}`,
  ];
}

/** From which version on a client that follows the series has pulled less in all than by a baseline. */
export function breakEven(view: View, name: Namer): readonly string[] {
  // Of one version it would be the cold pull by another name.
  if (view.info.images.length < 2) return [];
  const pulled = new Map(
    view.info.models.flatMap((model) => {
      const bytes = defined(
        view.info.images.map(({ id }) =>
          view.number(id, model.id, 'transfer.cumulative_bytes', 'all-previous'),
        ),
      );
      return bytes.length === view.info.images.length ? [[model, bytes] as const] : [];
    }),
  );
  const parts = BASELINES.flatMap((alias) => {
    const base = [...pulled].find(([model]) => model.alias === alias);
    if (!base || pulled.size < 2) return [];
    const others = [...pulled]
      .filter(([model]) => model !== base[0])
      .map(([model, bytes]) => ({ model, ...standingTo(bytes, base[1]) }))
      .toSorted((one, other) => one.rank - other.rank);
    const texts = [...groupBy(others, ({ text }) => text)].map(
      ([text, list]) =>
        `${text}: ${nameAll(
          list.map(({ model }) => model),
          name,
        )}`,
    );
    return [`${alias} ${texts.join('; ')}`];
  });
  if (parts.length === 0) return [];
  return [`Cumulative transfer is less than that of ${parts.join('. Less than that of ')}.`];
}

/** A model that is less for a while only has not broken even. */
function standingTo(
  bytes: readonly number[],
  base: readonly number[],
): { readonly rank: number; readonly text: string } {
  const version = firstBelow(bytes, base);
  const lasting = lastingBreakEven(bytes, base);
  if (version === undefined) return { rank: Number.POSITIVE_INFINITY, text: 'never' };
  if (lasting !== undefined) return { rank: lasting, text: `from version ${lasting} on` };
  return {
    rank: bytes.length + version,
    text: `for a while from version ${version}, not at the end`,
  };
}

export function front(view: View, name: Namer): readonly string[] {
  const image = lastImage(view);
  if (image === undefined || updates(view).length === 0) return [];
  const points = standings(view, image, 'stored.bytes').flatMap(({ model, value }) => {
    const requests = meanPerUpdate(view, model.id, 'transfer.requests');
    return requests === undefined ? [] : [{ model, value, requests }];
  });
  if (points.length < 2) return [];
  const best = paretoFront(
    points,
    (point) => point.value,
    (point) => point.requests,
  );
  return [
    `Pareto-optimal in stored bytes and requests per update (mean): ${nameAll(
      best.map(({ model }) => model),
      name,
    )}.`,
  ];
}
