import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ByteSource } from '../streams/source.ts';
import { Budget } from './budget.ts';
import { normalise, tooDeep } from './components.ts';
import { LeftOut, OPAQUE, WHITEOUT } from './left-out.ts';
import {
  directoryNode,
  entriesOf,
  IMPLIED_DIRECTORY,
  keepsUpper,
  type Node,
  toInode,
} from './node.ts';
import { dataBytes } from './segments.ts';
import { type TarEntry, visitTar } from './tar.ts';
import type { Entry, Inode, Tree } from './tree.ts';

/** Layers → tree, as the OCI image-spec says (layer.md): changesets in order, whiteouts, opaque whiteouts. */

export interface MergedTree extends Tree {
  readonly warnings: readonly string[];
  /** Bytes of file contents that each layer carries, holes left out. */
  readonly carried: readonly number[];
}

/** Linux gives up after this many symlinks too. */
const MAX_HOPS = 40;
const DOT = 0x2e;

/**
 * Merges uncompressed layers, lowest first; contents stay slices of them. Throws an InputError that names layer, entry
 * and offset.
 *
 * @param names of the layers for messages, such as their digests
 * @param budget of memory, where the tree is a part of one
 */
export function applyLayers(
  layers: readonly ByteSource[],
  names: readonly string[] = layers.map((_, index) => String(index)),
  budget: Budget = new Budget(),
): MergedTree {
  const merger = new Merger(budget);
  const carried: number[] = [];
  for (const [number, layer] of layers.entries()) {
    const where = { layer: names[number]! };
    merger.begin();
    let bytes = 0;
    let fault: unknown;
    const { warnings } = visitTar(layer, where, budget, (entry) => {
      bytes += dataBytes(entry.segments);
      if (fault !== undefined) return;
      try {
        merger.count(1, where);
        merger.add(entry, number, { ...where, entry: entry.path, offset: entry.offset });
      } catch (error) {
        // An archive that is malformed further on is told of first, whatever it says of its tree.
        fault = error;
      }
    });
    if (fault !== undefined) throw fault;
    merger.warnFirst(warnings, where);
    carried.push(bytes);
  }
  return { entries: merger.entries(), sources: layers, warnings: merger.warnings, carried };
}

class Merger {
  readonly warnings: string[] = [];
  readonly #budget: Budget;
  #entries = 0;
  // Copies: two directories that shared an inode would be hardlinks of one another.
  readonly #root = directoryNode({ ...IMPLIED_DIRECTORY }, -1, 0);
  readonly #leftOut = new LeftOut();
  /** Where the last entry lies: most lie where the one before does. Undefined once what leads there may be another. */
  #here: { readonly prefix: string; readonly directory: Node } | undefined;
  #layerWarnings = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** A further layer. */
  begin(): void {
    this.#leftOut.begin();
    this.#here = undefined;
    this.#layerWarnings = this.warnings.length;
  }

  /** Enters so many entries, or directories that nothing describes, into what an image may have. */
  count(entries: number, where: Where): void {
    this.#entries += entries;
    if (this.#entries <= limits.entries) return;
    throw new InputError(`more than ${limits.entries} entries`, where, 'raise limits.entries');
  }

  warn(text: string, where: Where): void {
    this.warnings.push(this.#warning(text, where));
  }

  /** What the archive of a layer says is told before what the merge does. */
  warnFirst(texts: readonly string[], where: Where): void {
    const warnings = texts.map((text) => this.#warning(text, where));
    if (warnings.length === 0) return;
    const own = this.warnings.splice(this.#layerWarnings);
    for (const warning of [warnings, own].flat()) this.warnings.push(warning);
  }

  #warning(text: string, where: Where): string {
    const warning = `layer ${where.layer}: ${text}`;
    this.#budget.charge(warning.length, where);
    return warning;
  }

  add(entry: TarEntry, layer: number, where: Where): void {
    const beside = this.#beside(entry.path);
    if (beside) this.#put(beside.directory, entry.path.slice(beside.begins), entry, layer, where);
    else this.#addAnywhere(entry, layer, where);
  }

  /** Where the name begins of what lies in the same directory as the entry before, and is a name like most. */
  #beside(path: string): { readonly directory: Node; readonly begins: number } | undefined {
    const here = this.#here;
    if (here === undefined || !path.startsWith(here.prefix)) return undefined;
    const begins = here.prefix.length;
    const isPlain = begins < path.length && path.charCodeAt(begins) !== DOT;
    return isPlain && !path.includes('/', begins)
      ? { directory: here.directory, begins }
      : undefined;
  }

  #addAnywhere(entry: TarEntry, layer: number, where: Where): void {
    const parts = normalise(entry.path, where);
    const name = parts.at(-1);
    if (name === undefined) {
      if (entry.type !== 'directory')
        throw new InputError(`the root is a ${entry.type}`, where, 'the layer is hostile');
      this.#root.inode = toInode(entry, layer);
      this.#root.layer = layer;
      return;
    }
    const mark = this.#leftOut.markOf(parts);
    if (mark !== undefined) {
      this.#leaveOut(mark, parts.join('/'), entry, layer, where);
      return;
    }
    parts.pop();
    if (name.startsWith(WHITEOUT)) {
      this.#here = undefined;
      this.#whiteOut(parts, name, entry, layer, where);
      return;
    }
    this.#here = undefined;
    const directory = this.#directory(parts, layer, where, true)!;
    // A path that ends in a slash says nothing of where the next one lies.
    if (entry.path.endsWith(name)) {
      this.#here = { prefix: entry.path.slice(0, -name.length), directory };
    }
    this.#put(directory, name, entry, layer, where);
  }

  #put(parent: Node, name: string, entry: TarEntry, layer: number, where: Where): void {
    const existing = parent.children!.get(name);
    if (
      existing &&
      existing.layer === layer &&
      !(existing.children && entry.type === 'directory')
    ) {
      this.warn(`${entry.path} is there twice, the last counts`, where);
    }
    const inode =
      entry.type === 'hardlink' ? this.#linked(entry, layer, where) : toInode(entry, layer);
    const isDirectory = inode.type === 'directory';
    const children = isDirectory ? (existing?.children ?? new Map<string, Node>()) : undefined;
    const pathBytes =
      existing?.pathBytes ?? this.#pathBytes(parent, name, entry.path.length, where);
    // What replaces something may be a link that leads elsewhere.
    if (existing) this.#here = undefined;
    parent.children!.set(name, { inode, layer, children, pathBytes, swept: existing?.swept ?? -1 });
  }

  entries(): readonly Entry[] {
    return entriesOf(this.#root);
  }

  #whiteOut(parts: string[], name: string, entry: TarEntry, layer: number, where: Where): void {
    const hidden = name.slice(WHITEOUT.length);
    if (hidden === '' || hidden === '.' || hidden === '..') {
      throw new InputError(`whiteout '${name}' names nothing`, where, 'the layer is hostile');
    }
    if (entry.type !== 'file' || entry.size > 0) {
      this.warn(`whiteout ${entry.path} is no empty file`, where);
    }
    // What hides something makes nothing: umoci leaves the directory out as well.
    const parent = this.#directory(parts, layer, where, false);
    if (!parent) return;
    if (name === OPAQUE) {
      keepsUpper(parent, layer);
      return;
    }
    const node = parent.children!.get(hidden);
    if (node && !keepsUpper(node, layer)) parent.children!.delete(hidden);
  }

  #leaveOut(mark: string, path: string, entry: TarEntry, layer: number, where: Where): void {
    if (this.#leftOut.isNew(mark)) {
      this.warn(`${mark} is a mark of AUFS, and ignored with all below it`, where);
    }
    if (entry.type !== 'file') return;
    this.#budget.charge(path.length, where);
    this.#leftOut.keep(path, toInode(entry, layer));
  }

  /**
   * Length of the path to something new. What an entry says was charged when it was read; directories that it implies, and
   * the way behind symlinks, can be much longer.
   */
  #pathBytes(parent: Node, name: string, charged: number, where: Where): number {
    const bytes = parent.pathBytes + (parent === this.#root ? 0 : 1) + name.length;
    if (bytes > limits.pathBytes) {
      const what = `a path has ${bytes} bytes behind symlinks`;
      throw new InputError(what, where, 'raise limits.pathBytes');
    }
    this.#budget.charge(Math.max(0, bytes - charged), where);
    return bytes;
  }

  #linked(entry: TarEntry, layer: number, where: Where): Inode {
    const parts = normalise(entry.linkTarget, where);
    const leftOut = this.#leftOut.copyOf(parts.join('/'));
    if (leftOut) return leftOut;
    const name = parts.pop();
    const parent = name === undefined ? undefined : this.#directory(parts, layer, where, false);
    const target = name === undefined ? undefined : parent?.children?.get(name);
    if (!target || target.children) {
      const what = target ? 'a directory' : 'nothing';
      throw new InputError(
        `hardlink to '${entry.linkTarget}', which is ${what}`,
        where,
        'the layer is damaged: a link must follow what it links to',
      );
    }
    return target.inode;
  }

  /** The directory at a path, through symlinks inside the root; missing ones are made or answered with undefined. */
  #directory(
    parts: readonly string[],
    layer: number,
    where: Where,
    make: boolean,
  ): Node | undefined {
    const path: Node[] = [this.#root];
    const pending = [...parts].reverse();
    let hops = 0;
    while (pending.length > 0) {
      const part = pending.pop()!;
      if (part === '..') {
        if (path.length > 1) path.pop();
        continue;
      }
      const node = path.at(-1)!;
      let next = node.children!.get(part);
      if (!next && !make) return undefined;
      if (!next) {
        this.count(1, where);
        const pathBytes = this.#pathBytes(node, part, 0, where);
        next = directoryNode({ ...IMPLIED_DIRECTORY }, layer, pathBytes);
        node.children!.set(part, next);
      }
      if (next.inode.type === 'symlink') {
        if (++hops > MAX_HOPS)
          throw new InputError('too many symlinks in a path', where, 'the layer is hostile');
        const target = Buffer.from(next.inode.target).toString('latin1');
        if (target.startsWith('/')) path.length = 1;
        const steps = target.split('/').filter((one) => one !== '' && one !== '.');
        // `a/../a/../…` leads nowhere deep, and each entry may go through it again.
        if (steps.length > limits.pathDepth) throw tooDeep(where);
        pending.push(...steps.reverse());
        continue;
      }
      if (!next.children) {
        if (!make) return undefined;
        throw new InputError(
          `'${part}' above it is a ${next.inode.type}`,
          where,
          'the layer is damaged',
        );
      }
      path.push(next);
      if (path.length > limits.pathDepth) throw tooDeep(where);
    }
    return path.at(-1);
  }
}
