import { createHash } from 'node:crypto';
import { limits } from '../limits.ts';
import { Budget } from '../trees/budget.ts';
import type { Entry, Inode } from '../trees/tree.ts';
import { HARDLINK, readInode, wholeSegment, writeInode } from './inode.ts';
import { openRoot, readChunks, writeChunks, writeRoot } from './root.ts';
import type { Metadata, ReadObject, StreamReference } from './serialiser.ts';
import { ByteReader, ByteWriter } from './varint.ts';

/**
 * The metadata root as a Merkle tree: one object per directory, which names those below it by digest, so that a directory
 * in which nothing changed is the same object and is not fetched again.
 *
 *     root      = "ocibmkl1" inode entry*            of the root directory
 *     directory = entry*
 *     entry     = name:bytes type:n (inode more | target:bytes)       a hardlink, type 6, gives the path it links to
 *     more      = (file) size:n chunks | (directory) length:n digest:32
 *
 * inode and chunks as in inode.ts and root.ts. Reading it gives the bytes of the flat root.
 */
const MAGIC = new TextEncoder().encode('ocibmkl1');

/** @param entries sorted; `references` of the streams of their files, in order */
export function writeMerkleRoot(
  entries: readonly Entry[],
  references: readonly StreamReference[],
): Metadata {
  return new MerkleWriter(entries, references).write();
}

interface Open {
  readonly path: string;
  readonly inode: Inode;
  readonly writer: ByteWriter;
}

class MerkleWriter {
  readonly #entries: readonly Entry[];
  readonly #references: readonly StreamReference[];
  readonly #objects = new Map<string, { readonly bytes: Uint8Array; generation: number }>();
  readonly #firstPaths = new Map<Inode, string>();
  readonly #generations: number[] = [];
  /** The directories that lead to the entry at hand. */
  readonly #open: Open[] = [];

  constructor(entries: readonly Entry[], references: readonly StreamReference[]) {
    this.#entries = entries;
    this.#references = references;
  }

  write(): Metadata {
    const [root, ...rest] = this.#entries;
    const writer = new ByteWriter().raw(MAGIC);
    writeInode(writer, root!.inode, () => {});
    this.#open.push({ path: '', inode: root!.inode, writer });
    for (const entry of rest) {
      while (!isBelow(entry.path, this.#open.at(-1)!.path)) this.#close();
      this.#add(entry);
    }
    while (this.#open.length > 1) this.#close();
    return {
      root: writer.finish(),
      objects: [...this.#objects.values()],
      generations: this.#generations,
    };
  }

  #add({ path, inode }: Entry): void {
    if (inode.type === 'directory') {
      this.#open.push({ path, inode, writer: new ByteWriter() });
      return;
    }
    const { writer } = this.#open.at(-1)!;
    writer.latin1(nameOf(path));
    const first = this.#firstPaths.get(inode);
    if (first !== undefined) {
      writer.number(HARDLINK).latin1(first);
      return;
    }
    this.#firstPaths.set(inode, path);
    writeInode(writer, inode, (into, { size }) => {
      into.number(size);
      if (size > 0) {
        writeChunks(into, this.#references[this.#generations.length]!.chunks);
        this.#generations.push(this.#open.length);
      } else writeChunks(into, []);
    });
  }

  /** Makes an object of the innermost directory and enters it into the one above. */
  #close(): void {
    const { path, inode, writer } = this.#open.pop()!;
    const bytes = writer.finish();
    const digest = createHash('sha256').update(bytes).digest();
    const key = digest.toString('hex');
    const generation = this.#open.length;
    const known = this.#objects.get(key);
    if (known) known.generation = Math.min(known.generation, generation);
    else this.#objects.set(key, { bytes, generation });
    const above = this.#open.at(-1)!.writer;
    above.latin1(nameOf(path));
    writeInode(above, inode, () => {});
    above.number(bytes.length).raw(digest);
  }
}

/**
 * Merkle root and the directories it leads to → the bytes of the flat root. Throws an InputError where they are no such
 * tree. @param read an object's verified content
 */
export function flattenMerkleRoot(root: Uint8Array, read: ReadObject): Uint8Array {
  const reader = openRoot(root, MAGIC);
  const entries: Entry[] = [];
  const references: StreamReference[] = [];
  const byPath = new Map<string, Inode>();
  const budget = new Budget();

  const readContent = (from: ByteReader): Pick<Inode, 'size' | 'segments'> => {
    const size = from.number();
    const chunks = readChunks(from, size);
    if (size > 0) references.push({ length: size, chunks });
    return wholeSegment(references.length - 1, 0, size);
  };
  const readDirectory = (from: ByteReader, above: string, depth: number): void => {
    if (depth > limits.pathDepth) throw from.fault(`more than ${limits.pathDepth} deep`);
    while (!from.isAtEnd) {
      // One small object may be named many times: the number of entries is what it may cost.
      if (entries.length >= limits.entries) throw from.fault(`more than ${limits.entries} entries`);
      const path = above + from.latin1();
      if (path.length > limits.pathBytes) throw from.fault(`a path has ${path.length} bytes`);
      const where = { entry: path, offset: from.offset };
      budget.charge(path.length, where);
      const type = from.number();
      const inode =
        type === HARDLINK
          ? byPath.get(from.latin1())
          : readInode(from, type, readContent, budget, where);
      if (!inode) throw from.fault('a hardlink points forwards or to nothing');
      entries.push({ path, inode });
      if (inode.type !== 'directory') {
        byPath.set(path, inode);
        continue;
      }
      const length = from.number();
      readDirectory(new ByteReader(read(from.raw(32), length)), `${path}/`, depth + 1);
    }
  };
  entries.push({ path: '', inode: readInode(reader, reader.number(), readContent, budget, {}) });
  readDirectory(reader, '', 1);
  return writeRoot(entries, references);
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' || path.startsWith(`${directory}/`);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
