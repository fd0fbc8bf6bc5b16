import { UsageError } from '../errors.ts';
import { findMember } from '../ids.ts';
import { listed } from '../listed.ts';
import { CLIENTS } from '../measures/clients.ts';
import { type Measure, measures } from '../measures/mod.ts';
import { type Figure, scaled, sumOf } from './figure.ts';
import type { Explored } from './unit.ts';

/** What chains are compared by: one measure, of one client and link, at the steps of a series. */
export interface Response {
  /** As options have it: `transfer.network_ms@previous@dsl-20ms`. */
  readonly id: string;
  readonly measure: Measure;
  readonly client: string;
  readonly link?: string;
  /** Of a measure of the series so far: what the step adds to it. */
  readonly isAdded: boolean;
  /** In words. */
  readonly title: string;
}

/** What the front is drawn over unless told otherwise. */
export const DEFAULT_MEASURES: readonly string[] = [
  'transfer.bytes',
  'transfer.requests',
  'stored.bytes',
];

const SUMS: ReadonlySet<string> = new Set(['bytes', 'count']);

/**
 * `NAME[@CLIENT][@LINK]` → what is compared, each once. The client is `previous` where the measure has clients.
 * @param links names of the links that are modelled
 */
export function readResponses(
  texts: readonly string[],
  links: readonly string[],
): readonly Response[] {
  const known = [...measures.values()].filter(isComparable);
  const found = (texts.length > 0 ? texts : DEFAULT_MEASURES).map((text): Response => {
    const [name = '', ...more] = text.split('@');
    const measure = findMember('measure', known, name);
    const link = more.find((word) => links.includes(word));
    const others = more.filter((word) => word !== link);
    const [given] = others;
    const stray = others.find((word, at) => at > 0 || !CLIENTS.some((client) => client === word));
    if (stray !== undefined || more.length > others.length + 1) {
      const what = `'${stray ?? link}' in '${text}' is no client and no link of this run, or one too many`;
      throw new UsageError(what, {}, `clients: ${listed(CLIENTS)}; links: ${listed(links)}`);
    }
    if (link !== undefined && measure.by !== 'link') {
      throw new UsageError(
        `'${name}' has no links, and '${text}' names one`,
        {},
        `leave out @${link}`,
      );
    }
    const client = given ?? (measure.clients ? 'previous' : '-');
    const chosen = measure.by === 'link' ? (link ?? links[0]) : undefined;
    // A quotient of sums is no sum: what a step adds to it means nothing.
    const isAdded = measure.of === 'series so far' && SUMS.has(measure.unit);
    const parts = [name, ...(client === '-' ? [] : [client]), ...(chosen ? [chosen] : [])];
    return {
      id: parts.join('@'),
      measure,
      client,
      ...(chosen === undefined ? {} : { link: chosen }),
      isAdded,
      title: isAdded ? `${measure.title}: what the step adds` : titleOf(measure, client, chosen),
    };
  });
  return [...new Map(found.map((one) => [one.id, one])).values()];
}

/** A number that is better in one direction, and the same on every machine. */
function isComparable({ exact, better, unit }: Measure): boolean {
  return exact && better !== 'neither' && !['sha256', 'version', 'name'].includes(unit);
}

/** What a client holds, in words. */
const HELD: Readonly<Record<string, string>> = {
  none: 'nothing',
  previous: 'the previous image',
  'all-previous': 'all previous images',
  base: 'the base image',
  'other-distribution': 'an image of another distribution',
};

function titleOf({ title }: Measure, client: string, link: string | undefined): string {
  const of = client === '-' ? '' : `, client with ${HELD[client] ?? client}`;
  return `${title}${of}${link === undefined ? '' : `, ${link}`}`;
}

/** Of one chain, by the image that a step leads to; an image without the figure is left out. */
export function valuesOf(
  { measurements }: Explored,
  { measure, client, link, isAdded }: Response,
  images: readonly string[],
): ReadonlyMap<string, Figure> {
  const found = new Map<string, Figure>();
  for (const { image, value, draws, ...one } of measurements) {
    if (one.measure !== measure.name || one.client !== client || one.link !== link) continue;
    if (typeof value === 'number') found.set(image, draws ? { value, draws } : { value });
  }
  if (!isAdded) return found;
  const added = new Map<string, Figure>();
  for (const [number, image] of images.entries()) {
    const before = found.get(images[number - 1] ?? '');
    const step = before && sumOf([found.get(image), scaled(before, -1)]);
    if (step) added.set(image, step);
  }
  return added;
}
