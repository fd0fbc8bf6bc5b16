import { chunkerMembers } from '../chunkers/mod.ts';
import { printId, resolve } from '../ids.ts';
import { cutterOf } from '../measures/clients.ts';
import { groupSteps, type StepGroup, stepsOf } from '../results/steps.ts';
import { defined, type Maybe, mean } from '../stats/mod.ts';
import { printable } from './escape.ts';
import { hasMean } from './steps.ts';
import type { View } from './view.ts';

/** What is left to share between two sets of chunk parameters, as figures of a run have it. */
export interface Reuse {
  /** The steps that the means are over: those of one kind, updates where there are any. */
  readonly steps: StepGroup;
  /** Canonical ids of chunkers, in run order. */
  readonly chunkers: readonly string[];
  /** Mean of `dedup.reuse_left`, as a ratio, and of `dedup.reused_bytes`; undefined where a step has none. */
  cell(producer: string, consumer: string): { readonly left: Maybe; readonly bytes: Maybe };
}

/** undefined where the run has no such figures. */
export function reuseIn(view: View): Reuse | undefined {
  const found = view.of('dedup.reused_bytes');
  const all = groupSteps(stepsOf(view.info.planned, view.records));
  const counted = new Set(found.map(({ image }) => image));
  const steps = all.find(
    ({ kind, images }) =>
      (hasMean(kind) || images.length === 1) && images.some((id) => counted.has(id)),
  );
  if (!steps) return undefined;
  const models = new Map(found.map(({ model }) => [model.split('|')[1]!, model]));
  const consumers = new Set(found.flatMap(({ client }) => cutterOf(client) ?? []));
  const over = (producer: string, consumer: string, measure: string): Maybe => {
    const values = steps.images.map((image) =>
      view.number(image, models.get(producer)!, measure, `chunks:${consumer}`),
    );
    const known = defined(values);
    return known.length < values.length ? undefined : mean(known);
  };
  return {
    steps,
    chunkers: [...models.keys()].filter((chunker) => consumers.has(chunker)),
    cell: (producer, consumer) => ({
      left: over(producer, consumer, 'dedup.reuse_left'),
      bytes: over(producer, consumer, 'dedup.reused_bytes'),
    }),
  };
}

/** A chunker by its name, its average and what is not the default beside that: `fastcdc avg=64KiB nc=2`. */
export function shortChunker(text: string): string {
  try {
    const { member, values, id } = resolve('chunker', chunkerMembers, text);
    const [size, ...others] = member.parameters;
    const first = member.parameters.find(({ name }) => name === 'avg') ?? size;
    if (!first) return id;
    const stated = (one: string): readonly string[] => one.slice(one.indexOf(':') + 1).split(',');
    const own = stated(printId(member, values));
    const start = own.find((word) => word.startsWith(`${first.name}=`))!;
    const usual =
      others.length === 0 ? [] : stated(resolve('chunker', [member], `${member.name}:${start}`).id);
    return [
      member.name,
      start,
      ...own.filter((word) => word !== start && !usual.includes(word)),
    ].join(' ');
  } catch {
    // Of a plug-in that is not loaded.
    return printable(text);
  }
}
