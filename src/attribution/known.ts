import type { Owners } from './owners.ts';
import type { Span } from './spans.ts';

/** Why bytes are transferred or stored; METHODS.md, "Attribution", defines each. */
export type Cause =
  | 'new file'
  | 'changed content'
  | 'metadata'
  | 'neighbour'
  | 'index or manifest'
  | 'range gap';

/** In the order of tables. */
export const CAUSES: readonly Cause[] = [
  'new file',
  'changed content',
  'metadata',
  'neighbour',
  'index or manifest',
  'range gap',
];

/** What images that are there already say: what is new to whoever has them is found against it. */
export class Known {
  readonly #paths = new Set<string>();
  readonly #contents = new Set<string>();
  readonly #prints = new Set<string>();

  add(owners: Owners): void {
    for (const { path, print, content } of owners.all()) {
      this.#prints.add(`${path}\0${print}`);
      if (content === undefined) continue;
      this.#paths.add(path);
      this.#contents.add(content);
    }
  }

  /** Of bytes that are needed, or lie in one piece with such. */
  causeOf({ of, kind }: Span): Cause {
    if (kind === 'index') return 'index or manifest';
    if (typeof of === 'string' || kind === 'listing') return 'metadata';
    const hasContent = of.content === undefined || this.#contents.has(of.content);
    if (kind === 'content') {
      if (hasContent) return 'neighbour';
      return this.#paths.has(of.path) ? 'changed content' : 'new file';
    }
    const hasPrint = this.#prints.has(`${of.path}\0${of.print}`);
    return hasPrint && (kind === 'header' || hasContent) ? 'neighbour' : 'metadata';
  }
}
