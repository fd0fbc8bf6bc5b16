import type { Place } from './places.ts';

/** Numbers of objects by the round trip in which a client knows that it needs them; some may be empty. */
export type Generations = readonly ReadonlySet<number>[];

/** Collects objects by generation, each in the first that needs it. */
export class GenerationSets {
  readonly #byGeneration: Set<number>[] = [];

  add(generation: number, object: number): void {
    while (this.#byGeneration.length <= generation) this.#byGeneration.push(new Set());
    this.#byGeneration[generation]!.add(object);
  }

  finish(): Generations {
    const seen = new Set<number>();
    return this.#byGeneration.map((objects) => {
      const fresh = new Set([...objects].filter((object) => !seen.has(object)));
      for (const object of fresh) seen.add(object);
      return fresh;
    });
  }
}

/** Number of directories above a path; 0 for the root alone. */
export function depthOf(path: string): number {
  return path === '' ? 0 : path.split('/').length;
}

/** The root and every directory that leads to a path, the path itself left out. */
export function directoriesAbove(path: string): readonly string[] {
  if (path === '') return [];
  const parts = path.split('/');
  return parts.map((_, count) => parts.slice(0, count).join('/'));
}

/**
 * An entry of a catar as a client finds it: where it starts and ends is in the table at the end of the directory above
 * (systemd/casync, caformat.h, "goodbye"). So one round trip brings its start and, of a directory, its end; what lies in
 * further chunks is known only then.
 */
export function addEntry(into: GenerationSets, path: string, places: readonly Place[]): void {
  const generation = 2 * depthOf(path);
  const chunks = (kind: Place['kind']): readonly number[] =>
    places.filter((place) => place.kind === kind).map(({ chunk }) => chunk.object);
  const [first, ...more] = chunks('header');
  if (first !== undefined) into.add(generation, first);
  for (const object of more) into.add(generation + 1, object);
  const table = chunks('index');
  const last = table.at(-1);
  if (last !== undefined) into.add(generation, last);
  for (const object of table) into.add(generation + 1, object);
}
