import { formatBytes, formatNumber, listWords, plural } from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { defined, breakEven as firstBelow, lastingBreakEven } from '../../stats/mod.ts';
import { groupBy } from '../group.ts';
import { familyOf } from '../models.ts';
import {
  countSteps,
  frontOf,
  hasMean,
  kindName,
  meanPerStep,
  perStep,
  type StepGroup,
  stepStandings,
  stepsUpTo,
  storedAndAsked,
} from '../steps.ts';
import { lastImage, type Standing, standings, type View } from '../view.ts';
import { alikeBest, BASELINES, fromTo, leader, type Namer, nameAll } from './compare.ts';

/** Of models that are alike, so many are named with their requests. */
const MOST_NAMED = 4;

type Paragraph = readonly [topic: string, texts: readonly string[]];

/** What each kind of step takes: a paragraph a kind, since a mean over several would be of neither. */
export function transfer(view: View, name: Namer): readonly Paragraph[] {
  const groups = view.steps;
  if (groups.length === 0) return [['Updates', coldPull(view, name)]];
  const own = groups.map((group): Paragraph => [topicOf(group), stepTexts(view, group, name)]);
  if (groups.some(({ kind }) => kind === 'update')) return own;
  return [['Updates', [`No update was measured, only ${listWords(countSteps(groups))}.`]], ...own];
}

function topicOf({ kind }: StepGroup): string {
  const word = kindName(kind);
  return `${word[0]!.toUpperCase()}${word.slice(1)}s`;
}

function stepTexts(view: View, group: StepGroup, name: Namer): readonly string[] {
  const { kind, images, isPending = false } = group;
  const word = kindName(kind);
  if (kind === 'unknown') {
    const why = `The kind of ${plural(images.length, 'step')} ${isPending ? 'was not measured yet' : 'is not known'}, so no mean is taken.`;
    return [why, leastByStep(view, group, name)];
  }
  if (!hasMean(kind) && images.length > 1) {
    const why = `${plural(images.length, word)}, each another change: no mean is taken.`;
    return [why, leastByStep(view, group, name)];
  }
  const list = stepStandings(view, group, 'transfer.bytes');
  if (list.length === 0) return [`No model reached every ${word} of the series.`];
  if (images.length === 1) return [oneStep(view, group, list, name)];
  const texts = [
    `Per ${word} (mean of ${images.length}), for a client that has the previous image, ${leader(list, name, 'transfer', 'data')}`,
  ];
  const asked = alikeBest(list)
    .slice(0, MOST_NAMED)
    .flatMap(({ model }) => {
      const requests = meanPerStep(view, group, model.id, 'transfer.requests');
      return requests === undefined ? [] : [`${name(model)} ${formatNumber(requests)}`];
    });
  if (asked.length > 0) texts.push(`Requests for it: ${listWords(asked)}.`);
  return [...texts, leastByStep(view, group, name)];
}

/** Nothing can be left out of one step: its figures are told, and no model is called better by them. */
function oneStep(
  view: View,
  { kind, images }: StepGroup,
  list: readonly Standing[],
  name: Namer,
): string {
  const image = images[0]!;
  const told = ({ model, value }: Standing): string => {
    const requests = view.number(image, model.id, 'transfer.requests', 'previous');
    const asked = requests === undefined ? '' : ` in ${plural(requests, 'request')}`;
    return `${formatBytes(value)}${asked} (${name(model)})`;
  };
  const [least, most] = [list[0]!, list.at(-1)!];
  const range = least === most ? told(least) : `${told(least)} to ${told(most)}`;
  return `In the one ${kindName(kind)}, to ${image}, a client that has the previous image pulls ${range}. Of one step no model is called better (n = 1).`;
}

/** More are told by the least and the greatest of them. */
const MOST_STEPS = 3;

/** A mean hides how far steps of one kind differ, and that another model may win one of them. */
function leastByStep(view: View, { kind, images }: StepGroup, name: Namer): string {
  const all = images.flatMap((image) => {
    const list = standings(view, image, 'transfer.bytes', 'previous');
    if (list.length === 0) return [];
    const alike = alikeBest(list);
    const models = alike.map(({ model }) => model);
    const values = fromTo(
      alike.map(({ value }) => value),
      formatBytes,
    );
    const text = `${image} ${values} (${alike.length === list.length ? 'all alike' : nameAll(models, name)})`;
    return [{ text, value: list[0]!.value }];
  });
  const sorted = all.toSorted((a, b) => a.value - b.value);
  const shown = all.length <= MOST_STEPS ? all : [sorted[0]!, sorted.at(-1)!];
  const word = kindName(kind);
  const which =
    shown === all ? `Least data by ${word}` : `Least data of the smallest and the largest ${word}`;
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
      .filter(([model]) => model !== base[0] && !isOfSweep(view, model))
      .map(([model, bytes]) => ({ model, ...standingTo(bytes, base[1]) }))
      .toSorted((one, other) => one.rank - other.rank);
    const texts = [...groupBy(others, ({ text }) => text)].map(
      ([text, list]) =>
        `${text}: ${nameAll(
          list.map(({ model }) => model),
          name,
        )}`,
    );
    return [`Below ${alias} ${texts.join('; ')}.`];
  });
  if (parts.length === 0) return [];
  const { length } = view.info.images;
  const scope = `${plural(length, 'version')}${stepsUpTo(view, length)}`;
  return [`Cumulative transfer over ${scope} is compared with that of each baseline.`, ...parts];
}

/** One of several chunk sizes of a chain: a chart of its own has them. */
function isOfSweep({ info }: View, { id, alias }: RunModel): boolean {
  if (alias !== undefined) return false;
  const { family } = familyOf(id);
  return info.models.filter((one) => familyOf(one.id).family === family).length > 2;
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
  if (image === undefined) return [];
  return view.steps.flatMap((group) => {
    const points = storedAndAsked(view, group, image);
    const best = frontOf(points);
    if (points.length < 2 || best.length === 0) return [];
    const names = nameAll(
      best.toSorted((a, b) => a.bytes - b.bytes).map(({ model }) => model),
      name,
    );
    return [`Pareto-optimal in stored bytes and requests ${perStep(group)}: ${names}.`];
  });
}
