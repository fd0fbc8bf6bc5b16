import { readAll } from '../../src/streams/source.ts';
import { contentSource } from '../../src/trees/content.ts';
import type { Entry, Tree } from '../../src/trees/tree.ts';
import { readProgram } from './elf.ts';
import { joinPath, PathWalker } from './paths.ts';
import type { StartAccess } from './starts.ts';
import { type Descriptor, firstDescriptor, firstString, type SystemCall } from './strace.ts';

/** Calls that read at the position of a descriptor, at an offset that is given, and of whose extent nothing is kept. */
const READS = new Set(['read', 'readv']);
const READS_AT = new Set(['pread64', 'preadv', 'preadv2']);
/** The flags of preadv2, which stand behind the offset. */
const FLAGS = /, (0|RWF_\w+(\|RWF_\w+)*)$/;
const WHOLE = new Set(['sendfile', 'copy_file_range', 'splice']);
const EXECUTES = new Set(['execve', 'execveat']);
/** Calls that mean a symlink itself. */
const OF_LINKS = new Set(['lstat', 'readlink', 'readlinkat', 'lgetxattr', 'llistxattr']);
/** What a container runtime mounts over the image. */
const MOUNTED = /^\/(proc|dev|sys)(\/|$)/;

interface Found {
  readonly ranges: (readonly [offset: number, length: number])[];
  isMapped: boolean;
}

/**
 * What a traced start wants of its image. The kernel's own reads of a program and of its loader are in no trace: they are
 * taken from the headers of the program.
 *
 * @param calls from the start on: the first executes the program
 * @param root directory that the program saw as its root, absolute
 */
export function accessesOf(
  calls: readonly SystemCall[],
  tree: Tree,
  root: string,
): readonly StartAccess[] {
  const seen = new SeenAccesses(tree, root);
  for (const call of calls) seen.add(call);
  return seen.finish();
}

class SeenAccesses {
  readonly #tree: Tree;
  readonly #root: string;
  readonly #walker: PathWalker;
  readonly #found = new Map<string, Found>();
  /** Position of each open descriptor, bytes; threads and children share descriptors. */
  readonly #positions = new Map<string, number>();

  constructor(tree: Tree, root: string) {
    this.#tree = tree;
    this.#root = root;
    this.#walker = new PathWalker(tree);
  }

  add(call: SystemCall): void {
    const { name, words, result } = call;
    const descriptor = firstDescriptor(words);
    if (EXECUTES.has(name)) {
      if (result === 0) this.#execute(this.#lookUp(call, descriptor));
    } else if (name === 'mmap') {
      const [, length, , , , offset] = words.split(', ');
      if (descriptor) this.#want(descriptor.path, [Number(offset), Number(length)], true);
    } else if (READS.has(name)) this.#read(descriptor, result);
    else if (READS_AT.has(name)) {
      const told = name === 'preadv2' ? words.replace(FLAGS, '') : words;
      const offset = Number(told.slice(told.lastIndexOf(', ') + 2));
      // Of offset -1 preadv2 reads at the position of the descriptor.
      if (offset === -1) this.#read(descriptor, result);
      else if (descriptor && result) this.#want(descriptor.path, [offset, result]);
    } else if (name === 'lseek') {
      if (descriptor && result !== undefined && result >= 0) {
        this.#positions.set(keyOf(descriptor), result);
      }
    } else if (WHOLE.has(name)) {
      for (const path of this.#descriptorsOf(words)) {
        this.#want(path, [0, Number.POSITIVE_INFINITY]);
      }
    } else this.#lookUpAny(call, descriptor);
  }

  finish(): readonly StartAccess[] {
    return [...this.#found].map(([path, { ranges, isMapped }]) => {
      // The one way out of latin1: recordings are UTF-8.
      const text = Buffer.from(path, 'latin1').toString('utf8');
      const joined = joinRanges(ranges);
      return { path: text, ranges: joined, ...(isMapped ? { mapped: true } : {}) };
    });
  }

  #lookUpAny(call: SystemCall, descriptor: Descriptor | undefined): void {
    this.#lookUp(call, descriptor);
    const { words, result, opened } = call;
    if (opened === undefined || result === undefined || result < 0) return;
    this.#positions.set(keyOf({ number: String(result), path: opened }), 0);
    // Opened by a path that this process cannot name: as /proc/self/fd/3.
    if (firstString(words) === undefined) this.#want(opened);
  }

  /** What a call names by a path, and what is passed on the way there. */
  #lookUp({ name, words }: SystemCall, descriptor: Descriptor | undefined): Entry | undefined {
    const text = firstString(words);
    if (text === undefined || text === '') return undefined;
    const directory = descriptor ? this.#inImage(descriptor.path) : '/';
    if (directory === undefined) return undefined;
    const path = joinPath(directory, text);
    if (MOUNTED.test(path)) return undefined;
    const isFollowed = !OF_LINKS.has(name) && !/AT_SYMLINK_NOFOLLOW|O_NOFOLLOW/.test(words);
    const { found, passed } = this.#walker.walk(path, isFollowed);
    for (const one of passed) this.#note(one);
    if (found) this.#note(`/${found.path}`);
    return found;
  }

  #execute(entry: Entry | undefined): void {
    if (!entry) return;
    const program = readProgram(readAll(contentSource(this.#tree, entry.inode)));
    const found = this.#note(`/${entry.path}`);
    if (!program) {
      found.ranges.push([0, entry.inode.size]);
      return;
    }
    found.ranges.push([0, program.readBytes], ...program.mapped);
    found.isMapped ||= program.mapped.length > 0;
    if (program.interpreter === undefined) return;
    const { found: interpreter, passed } = this.#walker.walk(program.interpreter);
    for (const one of passed) this.#note(one);
    this.#execute(interpreter);
  }

  #read(descriptor: Descriptor | undefined, result: number | undefined): void {
    if (!descriptor || result === undefined || result <= 0) return;
    const position = this.#positions.get(keyOf(descriptor));
    // Of a descriptor that was not seen to be opened, nobody knows where it stood.
    const range: readonly [number, number] =
      position === undefined ? [0, Number.POSITIVE_INFINITY] : [position, result];
    this.#positions.set(keyOf(descriptor), (position ?? 0) + result);
    this.#want(descriptor.path, range);
  }

  #descriptorsOf(words: string): readonly string[] {
    return words
      .split(', ')
      .map((word) => firstDescriptor(word)?.path)
      .filter((path) => path !== undefined);
  }

  /** A path outside of the root, as the tracer sees it. Files that the program made are no part of the image. */
  #want(path: string, range?: readonly [offset: number, length: number], isMapped = false): void {
    const own = this.#inImage(path);
    if (own === undefined || MOUNTED.test(own)) return;
    const { found: entry } = this.#walker.walk(own, false);
    if (!entry) return;
    const found = this.#note(own);
    const { type, size } = entry.inode;
    if (!range || type !== 'file') return;
    const [offset, length] = range;
    const inFile = Math.min(offset + length, size) - offset;
    if (inFile <= 0) return;
    found.ranges.push([offset, inFile]);
    found.isMapped ||= isMapped;
  }

  #inImage(path: string): string | undefined {
    if (path === this.#root) return '/';
    return path.startsWith(`${this.#root}/`) ? path.slice(this.#root.length) : undefined;
  }

  #note(path: string): Found {
    const found = this.#found.get(path) ?? { ranges: [], isMapped: false };
    this.#found.set(path, found);
    return found;
  }
}

function keyOf({ number, path }: Descriptor): string {
  return `${number} ${path}`;
}

/** In order of offset, those that touch or overlap as one. */
export function joinRanges(
  ranges: readonly (readonly [offset: number, length: number])[],
): (readonly [offset: number, length: number])[] {
  const joined: [number, number][] = [];
  for (const [offset, length] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last && offset <= last[0] + last[1]) {
      last[1] = Math.max(last[1], offset + length - last[0]);
    } else joined.push([offset, length]);
  }
  return joined;
}
