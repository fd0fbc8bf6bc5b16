import { chunkerMembers } from '../chunkers/mod.ts';
import { codecMembers } from '../codecs/mod.ts';
import { fetcherMembers } from '../fetchers/mod.ts';
import { type Member, resolve } from '../ids.ts';
import { packerMembers } from '../packers/mod.ts';
import { serialiserMembers } from '../serialisers/mod.ts';
import type { SpaceModel } from './space.ts';

/** Members of each axis, in the order of a chain. */
const FAMILIES: readonly (readonly Member[])[] = [
  serialiserMembers,
  chunkerMembers,
  codecMembers,
  packerMembers,
  fetcherMembers,
];

const known = new Map<string, string>();

/**
 * A level as people write it, which the command line reads as the same: `fastcdc:avg=16KiB`. Parameters that follow from the
 * others are left out; one is kept, that a reader sees which it is: the average, or the first.
 *
 * @param axis by number
 * @param id canonical
 */
export function shortLevel(axis: number, id: string): string {
  const key = `${axis} ${id}`;
  const short = known.get(key) ?? shorten(FAMILIES[axis]!, id);
  known.set(key, short);
  return short;
}

/** Its name, or its chain as people write it. */
export function nameOf({ alias, levels }: SpaceModel): string {
  return alias ?? levels.map((level, axis) => shortLevel(axis, level)).join('|');
}

function shorten(members: readonly Member[], id: string): string {
  const [name = '', body] = id.split(':');
  if (body === undefined) return id;
  const all = body.split(',');
  const write = (parameters: readonly string[]): string => `${name}:${parameters.join(',')}`;
  const kept = all.find((one) => one.startsWith('avg=')) ?? all[0]!;
  let left: readonly string[] = all;
  for (const one of all.toReversed()) {
    if (one === kept) continue;
    const without = left.filter((other) => other !== one);
    if (resolve('member', members, write(without)).id === id) left = without;
  }
  return write(left);
}
