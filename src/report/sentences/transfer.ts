import { formatBytes, formatNumber } from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { paretoFront } from '../../stats/mod.ts';
import { groupBy } from '../group.ts';
import { lastImage, meanPerUpdate, type Standing, standings, updates, type View } from '../view.ts';
import { BASELINES, leader, type Namer, nameAll } from './compare.ts';

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
    `${scope}, for a client that holds the image before, ${leader(list, name, 'transfers', formatBytes)}`,
  ];
  const best = list[0]!.model;
  const requests = meanPerUpdate(view, best.id, 'transfer.requests');
  if (requests !== undefined) {
    texts.push(
      `${name(best)} needs ${formatNumber(requests, requests < 10 ? 1 : 0)} requests for it.`,
    );
  }
  if (images.length > 1) texts.push(extremes(view, best, images, name));
  return texts;
}

/** A mean over a point release and a major release hides that they differ. */
function extremes(view: View, model: RunModel, images: readonly string[], name: Namer): string {
  const steps = images
    .map((image) => ({ image, bytes: view.number(image, model.id, 'transfer.bytes', 'previous')! }))
    .toSorted((a, b) => a.bytes - b.bytes);
  const [least, most] = [steps[0]!, steps.at(-1)!];
  if (least.bytes === most.bytes) return `Every update costs ${name(model)} the same.`;
  return `Updates differ: ${name(model)} pulls ${formatBytes(least.bytes)} for ${least.image}, ${formatBytes(most.bytes)} for ${most.image}.`;
}

function coldPull(view: View, name: Namer): readonly string[] {
  const image = lastImage(view, 'transfer.bytes');
  if (image === undefined) return [];
  const list = standings(view, image, 'transfer.bytes', 'none');
  if (list.length === 0) return [];
  return [
    `No update was measured. For a cold pull of ${image}, ${leader(list, name, 'transfers', formatBytes)}`,
  ];
}

/** First versions, not lasting ones: a model may fall behind again later. */
export function breakEven(view: View, name: Namer): readonly string[] {
  const byId = new Map(view.info.models.map((model) => [model.id, model]));
  const parts = BASELINES.flatMap((alias) => {
    const values = view
      .of(`transfer.break_even_${alias.replace('-', '_')}`)
      .filter(({ model }) => byId.has(model));
    const versions = groupBy(values, ({ value }) => String(value));
    if (versions.size === 0) return [];
    const order = [...versions].toSorted(([a], [b]) => rank(a) - rank(b));
    const texts = order.map(([version, records]) => {
      const names = nameAll(
        records.map(({ model }) => byId.get(model)!),
        name,
      );
      return version === 'never' ? `never for ${names}` : `at version ${version} for ${names}`;
    });
    return [`${alias}: ${texts.join('; ')}`];
  });
  if (parts.length === 0) return [];
  return [
    `What a client that follows the series has pulled in all first falls below ${parts.map((part) => `${part}.`).join(' Below ')}`,
  ];
}

function rank(version: string): number {
  return version === 'never' ? Number.POSITIVE_INFINITY : Number(version);
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
    `In stored bytes and requests per update together, no model beats ${nameAll(
      best.map(({ model }) => model),
      name,
    )}.`,
  ];
}
