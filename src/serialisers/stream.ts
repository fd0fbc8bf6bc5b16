import { Rope } from '../streams/rope.ts';
import { contentSource } from '../trees/content.ts';
import type { Entry, Inode } from '../trees/tree.ts';
import { readEntries, type Visit, wholeSegment, writeEntries } from './inode.ts';
import { type OrderPolicy, orderEntries } from './order.ts';
import {
  filesOf,
  keepEntries,
  keptEntries,
  openRoot,
  type Root,
  readChunks,
  sortEntries,
  writeChunks,
} from './root.ts';
import type { RootedSerialiser, StreamReference } from './serialiser.ts';
import { ByteWriter } from './varint.ts';

/**
 * The contents of all files end to end in one stream, so that chunks span files, as puzzlefs lays them; metadata in a root
 * of its own that says where in the stream each file starts.
 *
 *     root    = "ocibstr1" length:n chunks:n (length:n digest:32)* entry*      entries as in inode.ts
 *     content = size:n offset:n
 */
const MAGIC = new TextEncoder().encode('ocibstr1');

export function createStream(order: OrderPolicy): RootedSerialiser {
  return {
    id: `stream:order=${order}`,
    fidelity: {
      mtime: 'nanoseconds',
      hardlinks: true,
      xattrs: true,
      devices: true,
      sparse: false,
      ownerNames: true,
      whiteouts: false,
    },
    serialise({ tree }) {
      const entries = sortEntries(tree);
      const contents = new Rope();
      const offsets = new Map<Inode, number>();
      for (const inode of filesOf(orderEntries(tree, order))) {
        offsets.set(inode, contents.length);
        contents.append(contentSource(tree, inode));
      }
      return {
        // Without content there is no stream, as there is none in `files`.
        streams: contents.length > 0 ? [{ bytes: contents }] : [],
        root: ([reference]) => ({ root: writeStreamRoot(entries, offsets, reference) }),
      };
    },
    readReferences(root) {
      const { entries, references } = readStreamRoot(root);
      keepEntries(root, entries);
      return references;
    },
    restore: (streams, root = new Uint8Array(0)) => ({
      entries: keptEntries(root) ?? readStreamRoot(root).entries,
      sources: streams,
    }),
  };
}

function writeStreamRoot(
  entries: readonly Entry[],
  offsets: ReadonlyMap<Inode, number>,
  reference: StreamReference | undefined,
): Uint8Array {
  const writer = new ByteWriter().raw(MAGIC).number(reference?.length ?? 0);
  writeChunks(writer, reference?.chunks ?? []);
  writeEntries(writer, entries, (into, inode) => {
    into.number(inode.size).number(offsets.get(inode) ?? 0);
  });
  return writer.finish();
}

/** Throws an InputError where the bytes are no root. */
export function readStreamRoot(bytes: Uint8Array, visit?: Visit): Root {
  const reader = openRoot(bytes, MAGIC);
  const length = reader.number();
  const chunks = readChunks(reader, length);
  const entries = readEntries(
    reader,
    (from) => {
      const [size, offset] = [from.number(), from.number()];
      if (offset + size > length) throw from.fault('a file ends behind the stream');
      return wholeSegment(0, offset, size);
    },
    visit,
  );
  return { entries, references: length > 0 ? [{ length, chunks }] : [] };
}
