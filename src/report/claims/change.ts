import { listWords } from '../../format.ts';
import { type Axis, type ClaimCase, distanceOf, sideOf } from '../../verdicts/case.ts';
import { flipsAlong, linesAlong } from '../../verdicts/flips.ts';
import { claimRows } from './rows.ts';
import {
  distanceText,
  parameterText,
  placeOf,
  sentence,
  type ToldClaim,
  type ToldVerdict,
  toldParameters,
  valueText,
} from './told.ts';

/** What would have to be otherwise for another verdict, by the kind of verdict. */
export function changeText(
  claim: ToldClaim,
  verdicts: readonly ToldVerdict[],
  isBrief: boolean,
): string {
  const places = new Map<string, string[]>();
  for (const one of verdicts) {
    const text = changeOf(claim, one, isBrief);
    if (text !== '') places.set(text, [...(places.get(text) ?? []), placeOf(one)]);
  }
  return [...places].map(([text, of]) => `On ${listWords(of)}: ${text}`).join(' ');
}

function changeOf(claim: ToldClaim, verdict: ToldVerdict, isBrief: boolean): string {
  const { bar } = claim;
  switch (verdict.verdict) {
    case 'confirmed':
    case 'refuted': {
      const one = nearestCase(claim, verdict);
      return one ? `the case nearest to the bar is ${caseText(claim, one)}.` : '';
    }
    case 'depends': {
      if (isBrief) {
        return `${otherValues(claim, [verdict])}.`;
      }
      const flips = flipsText(claim, verdict);
      if (flips !== '') return flips;
      const told = verdict.on.length === 1 ? '' : sidesText(claim, verdict);
      return told === '' ? nearestText(claim, verdict) : told;
    }
    case 'too close':
      return `a margin beyond ${distanceText(bar.resolution, bar)}, or steps that agree.`;
    default:
      return verdict.where === undefined ? '' : `${verdict.where}.`;
  }
}

/** `another value of the codec and the step`; tersely `another codec or step` */
export function otherValues(
  { axes }: ToldClaim,
  verdicts: readonly ToldVerdict[],
  isTerse = false,
): string {
  const names = [...new Set(verdicts.flatMap(({ on }) => on))];
  const titles = names.map((name) => axes.find((one) => one.name === name)?.title ?? `the ${name}`);
  return isTerse
    ? `another ${titles.map((title) => title.replace(/^the /, '')).join(' or ')}`
    : `another value of ${listWords(titles)}`;
}

/** The case nearest to the bar on each side of it. */
function nearestText(claim: ToldClaim, verdict: ToldVerdict): string {
  const { bar } = claim;
  const told = (['met', 'not met'] as const).flatMap((side) => {
    const cases = verdict.cases.filter((one) => sideOf({ ...one, bar }) === side);
    const one = nearestCase(claim, { ...verdict, cases });
    return one ? [`${caseText(claim, one)}, ${side}`] : [];
  });
  return told.length === 0 ? '' : `nearest to the bar are ${listWords(told)}.`;
}

/** Which rows of the table are on one side, and which on both; empty where all are on both. */
function sidesText(claim: ToldClaim, verdict: ToldVerdict): string {
  if (verdict.flipsAt.length > 0) return '';
  const found = claimRows(claim, [verdict], Number.POSITIVE_INFINITY);
  if (!found) return '';
  const told = found.rows.map(({ label, spreads: [one] }) => ({
    label,
    side: one!.met === 0 ? 'no case' : one!.met === one!.count ? 'every case' : 'some cases',
  }));
  if (told.every(({ side }) => side === 'some cases')) return '';
  return ['every case', 'some cases', 'no case']
    .flatMap((side) => {
      const runs = runsOf(told, (one) => one.side === side, found.isOrdered);
      return runs.length === 0
        ? []
        : [sentence([`${side} met at ${runs}`, found.suffix].filter(Boolean).join(' '))];
    })
    .join(' ');
}

const MOST_NAMED = 3;

/** Neighbours in order are told by their ends: `0.50 ms a request to 50.0 ms a request`. */
function runsOf<T extends { readonly label: string }>(
  rows: readonly T[],
  isOne: (row: T) => boolean,
  isOrdered: boolean,
): string {
  const runs: string[][] = [];
  rows.forEach((row, place) => {
    if (!isOne(row)) return;
    if (isOrdered && place > 0 && isOne(rows[place - 1]!)) runs.at(-1)!.push(row.label);
    else runs.push([row.label]);
  });
  const texts = runs.map((run) => (run.length === 1 ? run[0]! : `${run[0]} to ${run.at(-1)}`));
  if (texts.length <= MOST_NAMED) return listWords(texts);
  return `${texts.length} of ${rows.length} rows`;
}

/** Which line of cases flips first and which last: `the first to flip is bookworm-03, at 0.5 ms a request; the last …`. */
function flipsText(claim: ToldClaim, verdict: ToldVerdict): string {
  const axis = claim.axes.find(({ name }) => name === verdict.on[0]);
  if (!axis || verdict.flipsAt.length === 0) return '';
  const found = linesAlong(casesOf(claim, verdict), axis, claim.axes)
    .flatMap((line) => flipsAlong(line, axis).map(({ at }) => ({ at, line })))
    .toSorted((a, b) => a.at - b.at);
  const [first, last] = [found[0], found.at(-1)];
  if (!first || !last) return '';
  if (axis.print(first.at) === axis.print(last.at)) return `all flip at ${axis.print(first.at)}.`;
  const told = ({ at, line: [one] }: typeof first): string =>
    `${[...(axis.isCount ? [] : [one!.step]), ...othersOf(claim, one!, axis)].join(', ')} at ${axis.print(at)}`;
  return `the first to flip is ${told(first)}, the last ${told(last)}.`;
}

function othersOf(
  { axes }: ToldClaim,
  { parameters }: Pick<ClaimCase, 'parameters'>,
  axis: Axis,
): readonly string[] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    name === axis.name ? [] : [parameterText(axes, name, value)],
  );
}

function casesOf({ bar }: ToldClaim, { dataset, cases }: ToldVerdict): readonly ClaimCase[] {
  return cases.map((one) => ({ ...one, dataset, kind: 'series', unit: bar.unit, bar }));
}

/** `54.2 % (chmod-usr, catar)` */
function caseText(
  { axes, bar }: ToldClaim,
  { step, parameters, value }: ToldVerdict['cases'][number],
): string {
  const at = toldParameters(parameters).map(([name, own]) => parameterText(axes, name, own));
  return `${valueText(value!, bar)} (${[step, ...at].join(', ')})`;
}

function nearestCase(
  { bar }: ToldClaim,
  { cases }: ToldVerdict,
): ToldVerdict['cases'][number] | undefined {
  const distance = (one: ToldVerdict['cases'][number]): number => {
    const own = distanceOf({ value: one.value, bar });
    return own === undefined ? Number.POSITIVE_INFINITY : Math.abs(own);
  };
  const [first] = cases.toSorted((a, b) => distance(a) - distance(b));
  return first && Number.isFinite(distance(first)) ? first : undefined;
}
