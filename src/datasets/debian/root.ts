import type { ByteSource } from '../../streams/source.ts';
import { MemorySource, readAll } from '../../streams/source.ts';
import { Budget } from '../../trees/budget.ts';
import { contentSource } from '../../trees/content.ts';
import { applyLayers } from '../../trees/layers.ts';
import { IMPLIED_DIRECTORY } from '../../trees/node.ts';
import { moveSegments } from '../../trees/segments.ts';
import { type Entry, type Inode, pathBytes, type Tree } from '../../trees/tree.ts';
import { parseStanzas, type Stanza } from './control.ts';
import { COPIES_FROM, type Copy, groupNumber, readCopies } from './copies.ts';
import type { Deb } from './deb.ts';

/**
 * Debian packages → root file system, without running anything: contents are unpacked side by side, directories are
 * merged below /usr as current Debian has them, dpkg's database is written, maintainer scripts are not run. On request, what
 * they only copy, link or make empty is there (copies.ts).
 */

/** Left out as the slim variants of Debian's images leave them out: documentation and translations, but not licences. */
const SLIM = /^usr\/share\/(?:doc|info|linda|lintian|locale|man|groff)\//;
const KEPT = /^usr\/share\/doc\/[^/]+\/copyright$/;

const MERGED = ['bin', 'lib', 'lib32', 'lib64', 'libo32', 'libx32', 'sbin'];

export class RootBuilder {
  readonly #paths = new Map<string, Inode>();
  readonly #sources: ByteSource[] = [];
  readonly #status: string[] = [];
  /** Of all packages: they are held together. */
  readonly #budget = new Budget();
  readonly #time: bigint;
  readonly #hasCopies: boolean;

  /**
   * @param seconds since the epoch that dpkg's database carries
   * @param hasCopies with what maintainer scripts copy
   */
  constructor(seconds: number, hasCopies = false) {
    this.#hasCopies = hasCopies;
    this.#time = BigInt(seconds) * 1_000_000_000n;
    this.#paths.set('', { ...IMPLIED_DIRECTORY, mtime: this.#time });
  }

  /** Adds one package. Packages must come in a fixed order: of directories the first owner's metadata counts. */
  add({ control, data }: Deb): void {
    const tree = applyLayers([new MemorySource(data)], undefined, this.#budget);
    const first = this.#sources.push(...tree.sources) - tree.sources.length;
    const listed: string[] = [];
    for (const { path, inode } of tree.entries) {
      const place = merge(path);
      listed.push(path);
      if (path === '' || isSlimmed(place)) continue;
      // Releases from trixie on ship /bin and its like as the links that `finish` makes.
      if (MERGED.includes(path) && inode.type !== 'directory') continue;
      const known = this.#paths.get(place);
      if (known?.type === 'directory') continue;
      this.#paths.set(place, relocate(inode, first));
    }
    this.#register(applyLayers([new MemorySource(control)], undefined, this.#budget), listed);
  }

  /** Everything added so far, as a tree. */
  finish(): Tree {
    this.#writeStatus();
    if (this.#hasCopies) this.#copy();
    for (const path of [...this.#paths.keys()]) this.#parents(path);
    for (const name of MERGED) {
      if (!this.#paths.has(`usr/${name}`)) continue;
      this.#link(name, `usr/${name}`);
    }
    const entries = [...this.#paths].map(([path, inode]): Entry => ({ path, inode }));
    return { entries, sources: this.#sources };
  }

  /** dpkg's database: the status of the package, its files, and what else came in its control archive. */
  #register(control: Tree, listed: readonly string[]): void {
    let prefix = '';
    for (const { path, inode } of control.entries) {
      if (path !== 'control' || inode.type !== 'file') continue;
      const text = Buffer.from(readAll(contentSource(control, inode))).toString('utf8');
      const [stanza] = parseStanzas(text) as Iterable<Stanza>;
      const name = stanza?.get('Package') ?? '';
      prefix =
        stanza?.get('Multi-Arch') === 'same' ? `${name}:${stanza.get('Architecture')}` : name;
      const [first = '', ...rest] = text.trimEnd().split('\n');
      this.#status.push([first, 'Status: install ok installed', ...rest, ''].join('\n'));
    }
    const info = `var/lib/dpkg/info/${prefix}`;
    const lines = listed.map((path) => (path === '' ? '/.' : `/${path}`));
    const list = pathBytes(lines.map((line) => `${line}\n`).join(''));
    this.#writeBytes(`${info}.list`, list, 0o644);
    for (const { path, inode } of control.entries) {
      if (inode.type !== 'file' || path === 'control') continue;
      this.#writeBytes(`${info}.${path}`, readAll(contentSource(control, inode)), inode.mode);
    }
  }

  #writeStatus(): void {
    // Says that `info` names packages of one architecture `name:architecture`.
    this.#write('var/lib/dpkg/info/format', '1\n');
    this.#write('var/lib/dpkg/status', this.#status.map((one) => `${one}\n`).join(''));
  }

  #copy(): void {
    const scripts = COPIES_FROM.map((name) => this.#read(`var/lib/dpkg/info/${name}.postinst`));
    const groups = this.#read('usr/share/base-passwd/group.master');
    for (const copy of scripts.flatMap(readCopies)) {
      if (!isSlimmed(copy.to)) this.#apply(copy, groups);
    }
  }

  /** As the functions of the scripts do: what is there stays, but for an empty directory in the place of a link. */
  #apply(copy: Copy, groups: string): void {
    const { to } = copy;
    const known = this.#paths.get(to);
    if (copy.does === 'link') {
      const isFilled = [...this.#paths.keys()].some((path) => path.startsWith(`${to}/`));
      if (!isFilled && (!known || known.type === 'directory')) this.#link(to, copy.target);
      return;
    }
    if (known) return;
    if (copy.does === 'copy') {
      const from = this.#paths.get(copy.from);
      if (from?.type !== 'file') return;
      // Another inode with the same contents: a copy is no hardlink.
      this.#paths.set(to, copy.keeps ? { ...from } : { ...from, mtime: this.#time });
      return;
    }
    const gid = groupNumber(groups, copy.group);
    const made = { ...IMPLIED_DIRECTORY, mode: copy.mode, gid, mtime: this.#time };
    this.#paths.set(to, { ...made, type: copy.does });
  }

  /** Text of a file; '' where there is none. */
  #read(path: string): string {
    const inode = this.#paths.get(path);
    if (inode?.type !== 'file') return '';
    const tree = { entries: [], sources: this.#sources };
    return Buffer.from(readAll(contentSource(tree, inode))).toString('utf8');
  }

  #link(path: string, target: string): void {
    const link = { ...IMPLIED_DIRECTORY, type: 'symlink' as const, mode: 0o777 };
    this.#paths.set(path, { ...link, mtime: this.#time, target: pathBytes(target) });
  }

  #write(path: string, text: string): void {
    this.#writeBytes(path, new TextEncoder().encode(text), 0o644);
  }

  #writeBytes(path: string, bytes: Uint8Array, mode: number): void {
    const source = this.#sources.push(new MemorySource(bytes)) - 1;
    const segments = bytes.length > 0 ? [{ source, offset: 0, length: bytes.length }] : [];
    const file = { ...IMPLIED_DIRECTORY, type: 'file' as const, mtime: this.#time };
    this.#paths.set(path, { ...file, mode, segments, size: bytes.length });
  }

  #parents(path: string): void {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const parent = path.slice(0, slash);
      if (this.#paths.has(parent)) continue;
      this.#paths.set(parent, { ...IMPLIED_DIRECTORY, mtime: this.#time });
    }
  }
}

const relocated = new WeakMap<Inode, Inode>();

/** The inode with its sources renumbered; hardlinks stay one inode. */
function relocate(inode: Inode, first: number): Inode {
  if (inode.segments.length === 0) return inode;
  const known = relocated.get(inode);
  if (known) return known;
  const moved = { ...inode, segments: moveSegments(inode.segments, first) };
  relocated.set(inode, moved);
  return moved;
}

/** `bin/ls` → `usr/bin/ls`. */
function merge(path: string): string {
  const slash = path.indexOf('/');
  const top = slash < 0 ? path : path.slice(0, slash);
  return MERGED.includes(top) ? `usr/${path}` : path;
}

function isSlimmed(path: string): boolean {
  return SLIM.test(path) && !KEPT.test(path) && !isCopyrightFolder(path);
}

/** Directory of a package's copyright file. */
function isCopyrightFolder(path: string): boolean {
  return /^usr\/share\/doc\/[^/]+$/.test(path);
}
