import { formatNumber, formatShare, formatValue, listWords, plural } from '../../format.ts';
import type { RunLink, RunModel } from '../../results/run.ts';
import { areSettled, defined, mean, remainder } from '../../stats/mod.ts';
import { TIME_RESOLUTION } from '../../verdicts/case.ts';
import { printable } from '../escape.ts';
import { hasMean, kindName, type StepGroup, stepStandings } from '../steps.ts';
import { type Standing, standings, type View } from '../view.ts';
import { alikeBest, baselineOf, fromTo, isNear, type Namer, nameAll } from './compare.ts';

/** What somebody asks of a run first: which format transfers least on these images, by how much, and what ties with it. */

/** Steps that stand for what a client does again and again: updates before others. */
function stepsAsked({ steps }: View): StepGroup | undefined {
  return steps.find(({ kind, images }) => hasMean(kind) && images.length > 1);
}

/** `On your 12 updates catar-blob transfers 61 % to 68 % less than oci-gzip, with 41 requests on average (6 to 120); per-file ties with it.` */
export function answer(view: View, name: Namer): readonly string[] {
  const group = stepsAsked(view);
  if (!group) return answerOfEdits(view, name);
  const list = stepStandings(view, group, 'transfer.bytes');
  const [best] = list;
  if (!best || list.length < 2) return [];
  const word = kindName(group.kind);
  const { dataset } = view.info;
  const scope = dataset.named
    ? `On your ${plural(group.images.length, word)}`
    : `On ${plural(group.images.length, word)} of ${printable(dataset.id)}`;
  const alike = alikeBest(list);
  if (alike.length === list.length) return [`${scope} all ${list.length} models tie in data.`];
  const base = baselineOf(list);
  const [first, ...others] = alike.includes(base ?? best)
    ? [base ?? best, ...alike.filter((one) => one !== (base ?? best))]
    : alike;
  const ties =
    others.length === 0
      ? ''
      : `; ${nameAll(
          others.map(({ model }) => model),
          name,
        )} ${others.length === 1 ? 'ties' : 'tie'} with it${others.every((one) => isNear(best, one)) ? '' : ', since steps differ in which is less'}`;
  const asked = askedBy(stepStandings(view, group, 'transfer.requests'), first!);
  return [`${scope} ${name(first!.model)} transfers ${saved(first!, base, name)}${asked}${ties}.`];
}

/** Winners that are named; the others are counted together. */
const MOST_WINNERS = 3;

/** Edits have no mean: in how many of them which model transfers least. */
function answerOfEdits(view: View, name: Namer): readonly string[] {
  const edits = view.steps.find(({ kind, images }) => kind === 'edit' && images.length > 1);
  if (!edits) return [];
  const wins = new Map<RunModel, number>();
  let ties = 0;
  for (const image of edits.images) {
    const list = standings(view, image, 'transfer.bytes', 'previous');
    if (list.length < 2) return [];
    const [best, ...others] = alikeBest(list);
    if (others.length > 0) ties++;
    else wins.set(best!.model, (wins.get(best!.model) ?? 0) + 1);
  }
  const sorted = [...wins].toSorted(([, a], [, b]) => b - a);
  const told = sorted
    .slice(0, MOST_WINNERS)
    .map(([model, count]) => `${name(model)} in ${formatNumber(count)}`);
  const rest = sorted.slice(MOST_WINNERS).reduce((sum, [, count]) => sum + count, 0);
  if (rest > 0) told.push(`others in ${formatNumber(rest)}`);
  if (ties > 0) told.push(`several alike in ${formatNumber(ties)}`);
  const count = `${plural(edits.images.length, 'edit')} of ${printable(view.info.dataset.id)}`;
  return [`Of ${count}, each another change, least data is transferred by ${listWords(told)}.`];
}

/** `, with 41 requests on average (6 to 120)`. */
function askedBy(list: readonly Standing[], { model }: Standing): string {
  const own = list.find((one) => one.model.id === model.id);
  if (!own) return '';
  const count = plural(Math.round(own.value), 'request');
  const [least, most] = [Math.min(...(own.steps ?? [])), Math.max(...(own.steps ?? []))];
  return least < most
    ? `, with ${count} on average (${formatNumber(least)} to ${formatNumber(most)})`
    : `, with ${count}`;
}

/** `61 % to 68 % less than oci-gzip`: of each step, the least and the most. */
function saved(best: Standing, base: Standing | undefined, name: Namer): string {
  if (!base || base === best) return 'the least data';
  const shares = defined(
    (best.steps ?? []).map((value, step) => remainder(value, base.steps?.[step])),
  );
  if (shares.length === 0) return 'the least data';
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  const digits = most > 0.995 ? 1 : 0;
  const than = `than ${name(base.model)}`;
  if (least >= 0) return `${fromTo([least, most], (one) => formatShare(one, digits))} less ${than}`;
  return `from ${formatShare(-least, digits)} more to ${formatShare(most, digits)} less ${than}`;
}

/** More are in the tables. */
const MOST_NAMED = 6;

/** `Requests per update (mean of 6): oci-gzip 3 and catar 89.` */
export function requests(view: View, name: Namer): readonly string[] {
  const group = stepsAsked(view);
  if (!group) return [];
  const list = stepStandings(view, group, 'transfer.requests').filter(
    ({ model }) => model.alias !== undefined,
  );
  if (list.length < 2) return [];
  const shown = list.slice(0, MOST_NAMED);
  const told = shown.map(({ model, value }) => `${name(model)} ${formatNumber(value)}`);
  const more = list.length > shown.length ? [`${list.length - shown.length} more`] : [];
  return [
    `Requests per ${kindName(group.kind)} (mean of ${group.images.length}): ${listWords([...told, ...more])}.`,
  ];
}

/** A link of a server; another where it was not modelled. */
const LINK = '100m-20ms';

/** `Modelled over 100 Mb/s, 20 ms, an update takes least by catar: 318 ms in the mean of 6.` */
export function modelledTime(view: View, name: Namer): readonly string[] {
  const group = stepsAsked(view);
  const { links } = view.info;
  const link = links.find(({ id }) => id === LINK) ?? links[Math.floor(links.length / 2)];
  if (!group || !link) return [];
  const list = timesOf(view, group, link);
  const [best] = list;
  if (!best || list.length < 2) return [];
  const alike = list.filter(
    (one) =>
      one.value <= (1 + TIME_RESOLUTION) * best.value || !areSettled(best.steps!, one.steps!),
  );
  const word = kindName(group.kind);
  const over = `Modelled over ${link.title}`;
  if (alike.length === list.length) return [`${over}, all ${list.length} models tie in time.`];
  const base = baselineOf(list);
  const ms = ({ value }: Standing): string => `${formatValue(value, 'ms')} ms`;
  const against =
    base && !alike.includes(base) ? `, against ${ms(base)} by ${name(base.model)}` : '';
  const others = alike.filter((one) => one !== best).map(({ model }) => model);
  const ties =
    others.length === 0
      ? ''
      : ` ${nameAll(others, name)} ${others.length === 1 ? 'ties' : 'tie'} with it, within the error of the model or as steps differ.`;
  return [
    `${over}, ${name(best.model)} takes least for a mean ${word}: ${ms(best)}${against}.${ties}`,
  ];
}

function timesOf(view: View, { images }: StepGroup, link: RunLink): readonly Standing[] {
  const times = new Map<string, number>();
  for (const record of view.of('transfer.network_ms')) {
    if (record.client === 'previous' && record.link === link.id) {
      times.set(`${record.model}\n${record.image}`, Number(record.value));
    }
  }
  return view.info.models
    .flatMap((model) => {
      const steps = images.map((image) => times.get(`${model.id}\n${image}`));
      const value = mean(steps);
      return value === undefined ? [] : [{ model, value, steps: defined(steps) }];
    })
    .toSorted((a, b) => a.value - b.value);
}
