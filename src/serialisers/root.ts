import { comparePaths, type Entry, type Inode, type Tree } from '../trees/tree.ts';
import { readEntries, type Visit, wholeSegment, writeEntries } from './inode.ts';
import type { StreamReference } from './serialiser.ts';
import { ByteReader, ByteWriter } from './varint.ts';

/**
 * The flat metadata root: every path with its inode, every file with the digests of its chunks.
 *
 *     root    = "ocibroo1" entry*                    entries as in inode.ts
 *     content = size:n chunks:n (length:n digest:32)*
 */
const MAGIC = new TextEncoder().encode('ocibroo1');

/** Files with content, each inode once, in the order in which the entries list them. */
export function filesOf(entries: readonly Entry[]): readonly Inode[] {
  const files = new Set<Inode>();
  for (const { inode } of entries) if (inode.type === 'file' && inode.size > 0) files.add(inode);
  return [...files];
}

export function sortEntries(tree: Tree): readonly Entry[] {
  return tree.entries.toSorted((a, b) => comparePaths(a.path, b.path));
}

/** @param references of the streams of {@link filesOf}, in order */
export function writeRoot(
  entries: readonly Entry[],
  references: readonly StreamReference[],
): Uint8Array {
  const writer = new ByteWriter().raw(MAGIC);
  let stream = 0;
  writeEntries(writer, entries, (into, { size }) => {
    into.number(size);
    writeChunks(into, size > 0 ? references[stream++]!.chunks : []);
  });
  return writer.finish();
}

export interface Root {
  readonly entries: readonly Entry[];
  readonly references: readonly StreamReference[];
}

/** Throws an InputError where the bytes are no root. */
export function readRoot(bytes: Uint8Array, visit?: Visit): Root {
  const reader = openRoot(bytes, MAGIC);
  const references: StreamReference[] = [];
  const entries = readEntries(
    reader,
    (from) => {
      const size = from.number();
      const chunks = readChunks(from, size);
      if (size > 0) references.push({ length: size, chunks });
      return wholeSegment(references.length - 1, 0, size);
    },
    visit,
  );
  return { entries, references };
}

const kept = new WeakMap<Uint8Array, readonly Entry[]>();

/** For whoever restores the tree after its references were read: to read a million entries twice takes seconds and gigabytes. */
export function keepEntries(root: Uint8Array, entries: readonly Entry[]): void {
  kept.set(root, entries);
}

/** The caller is the only one who has them: undefined when it asks again. */
export function keptEntries(root: Uint8Array): readonly Entry[] | undefined {
  const entries = kept.get(root);
  kept.delete(root);
  return entries;
}

export function openRoot(bytes: Uint8Array, magic: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  if (Buffer.compare(reader.raw(magic.length), magic) !== 0) throw reader.fault('it is none');
  return reader;
}

export function writeChunks(writer: ByteWriter, chunks: StreamReference['chunks']): void {
  writer.number(chunks.length);
  for (const { length, digest } of chunks) writer.number(length).raw(digest);
}

/** @param size what the chunks must add up to: bytes */
export function readChunks(reader: ByteReader, size: number): StreamReference['chunks'] {
  const chunks: StreamReference['chunks'][number][] = [];
  // Not allocated by the stated count: a damaged one is found where the bytes end.
  for (let count = reader.number(); count > 0; count--) {
    chunks.push({ length: reader.number(), digest: reader.raw(32) });
  }
  if (chunks.reduce((sum, chunk) => sum + chunk.length, 0) !== size) {
    throw reader.fault('chunks do not add up');
  }
  return chunks;
}
