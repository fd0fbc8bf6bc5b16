import { createHash } from 'node:crypto';
import { createCodec } from '../codecs/mod.ts';
import { readIndex } from '../serialisers/caidx.ts';
import { CATAR, ENTRY_SIZE, NAME_KEY, RECORD_HEADER } from '../serialisers/catar-format.ts';
import { filesOf, readRoot } from '../serialisers/root.ts';
import { sipHash } from '../serialisers/siphash.ts';
import type { CountedServer } from './counted-server.ts';

/**
 * Clients of three formats, written here from the formats: they ask a server for what they need to see some paths of an
 * image, and nothing of what the access map thinks of it. Objects and indexes come once; everything by zstd.
 */

export interface WantedFile {
  /** Without a slash before it. */
  readonly path: string;
  /** [offset, length] in its content; absent for all of it, none to look it up alone. */
  readonly ranges?: readonly (readonly [offset: number, length: number])[];
}

/** Content that came, where in the file it lies: bytes. */
export interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface ReadingClient {
  /** All paths but the root. */
  list(): Promise<readonly string[]>;
  read(wanted: readonly WantedFile[]): Promise<ReadonlyMap<string, readonly Part[]>>;
  /** True where a file of this path and content is in the image. */
  prove(path: string, content: Uint8Array): Promise<boolean>;
}

export type OpenClient = (server: CountedServer) => Promise<ReadingClient>;

const CODEC = 'zstd:level=3';

/** A metadata root, then objects by name. */
export const openRootClient: OpenClient = async ({ manifest, blob, object }) => {
  const { digest, annotations } = manifest.layers[0]!;
  const codec = await createCodec(CODEC);
  const length = Number(annotations!['org.ocibench.length']);
  const { entries, references } = readRoot(codec.decompress(await blob(digest), length));
  const files = filesOf(entries);
  const fetched = new Map<string, Promise<Uint8Array>>();
  const chunksOf = (path: string) => {
    const { inode } = entries.find((entry) => entry.path === path)!;
    return references[files.indexOf(inode)]?.chunks ?? [];
  };
  return {
    list: async () => entries.map(({ path }) => path).filter(Boolean),
    async read(wanted) {
      const found = new Map<string, Part[]>();
      for (const { path, ranges } of wanted) {
        const parts: Part[] = [];
        let offset = 0;
        for (const { digest: name, length: size } of chunksOf(path)) {
          const text = hex(name);
          if (isWanted(ranges, offset, size)) {
            const stored = fetched.get(text) ?? object(text);
            fetched.set(text, stored);
            parts.push({ offset, bytes: codec.decompress(await stored, size) });
          }
          offset += size;
        }
        found.set(path, parts);
      }
      return found;
    },
    async prove(path, content) {
      let offset = 0;
      return chunksOf(path).every(({ digest: name, length: size }) => {
        offset += size;
        return sha256Of(content.subarray(offset - size, offset)) === hex(name);
      });
    },
  };
};

interface TocRow {
  readonly name: string;
  readonly type: string;
  readonly size?: number;
  readonly offset?: number;
  readonly endOffset?: number;
  readonly chunkOffset?: number;
  readonly digest?: string;
}

/** Ranges as far apart as this, or nearer, are one request (containers/storage, pkg/chunked). */
const GAP = 1024;

/** zstd:chunked: a table of contents behind the frames, then ranges. */
export const openChunkedClient: OpenClient = async ({ manifest, blob }) => {
  const { digest, size, annotations } = manifest.layers[0]!;
  const of = (name: string): string => annotations![`io.github.containers.zstd-chunked.${name}`]!;
  const position = of('manifest-position').split(':').map(Number);
  const [offset, length, plain] = position as [number, number, number];
  // From the header of the skippable frame on, with the footer behind.
  const table = (await blob(digest, offset - 8, size)).subarray(8, 8 + length);
  if (`sha256:${sha256Of(table)}` !== of('manifest-checksum')) throw new Error('another table');
  const codec = await createCodec(CODEC);
  const text = new TextDecoder().decode(codec.decompress(table, plain));
  const { entries } = JSON.parse(text) as { readonly entries: readonly TocRow[] };
  /** Of a file: frames by where they start and end in the blob, and which content they hold. */
  const framesOf = (path: string) => {
    const rows = entries.filter((row) => row.name === path && row.offset !== undefined);
    return rows.map((row, number) => {
      const from = row.chunkOffset ?? 0;
      return {
        path,
        from,
        length: (rows[number + 1]?.chunkOffset ?? rows[0]!.size!) - from,
        start: row.offset!,
        end: rows[number + 1]?.offset ?? rows[0]!.endOffset!,
      };
    });
  };
  return {
    list: async () =>
      entries
        .filter(({ name, type }) => type !== 'chunk' && name !== './')
        .map(({ name }) => name.replace(/\/$/, '')),
    async read(wanted) {
      const frames = wanted.flatMap(({ path, ranges }) =>
        framesOf(path).filter(({ from, length: count }) => isWanted(ranges, from, count)),
      );
      const merged: [start: number, end: number][] = [];
      for (const { start, end } of frames.toSorted((a, b) => a.start - b.start)) {
        const last = merged.at(-1);
        if (last && start - last[1] <= GAP) last[1] = Math.max(last[1], end);
        else merged.push([start, end]);
      }
      const found = new Map<string, Part[]>(wanted.map(({ path }) => [path, []]));
      for (const [from, to] of merged) {
        const bytes = await blob(digest, from, to);
        for (const frame of frames) {
          if (frame.start < from || frame.end > to) continue;
          const stored = bytes.subarray(frame.start - from, frame.end - from);
          const part = { offset: frame.from, bytes: codec.decompress(stored, frame.length) };
          found.get(frame.path)!.push(part);
        }
      }
      return found;
    },
    async prove(path, content) {
      const row = entries.find(({ name, type }) => name === path && type === 'reg');
      return row?.digest === `sha256:${sha256Of(content)}`;
    },
  };
};

/** Of a catar: from where to where. */
type Extent = readonly [start: number, end: number];

const DIRECTORY = 0o040000;
const FILE = 0o100000;
const ROW = 24;

/** casync: an index of chunks, then what the tables at the ends of directories lead to (casync, caformat.h). */
export const openCasyncClient: OpenClient = async ({ manifest, blob, object }) => {
  const index = readIndex(await blob(manifest.layers[0]!.digest));
  const codec = await createCodec(CODEC);
  const starts: number[] = [];
  for (const [number] of index.chunks.entries()) {
    starts.push(number === 0 ? 0 : starts[number - 1]! + index.chunks[number - 1]!.length);
  }
  const fetched = new Map<number, Promise<Uint8Array>>();
  const chunksIn = ([from, to]: Extent): readonly number[] =>
    [...index.chunks.keys()].filter(
      (number) => starts[number]! < to && from < starts[number]! + index.chunks[number]!.length,
    );
  const chunk = (number: number): Promise<Uint8Array> => {
    const { digest, length } = index.chunks[number]!;
    const known = fetched.get(number);
    if (known) return known;
    const coming = object(hex(digest)).then((stored) => codec.decompress(stored, length));
    fetched.set(number, coming);
    return coming;
  };
  const read = async (from: number, to: number): Promise<DataView> => {
    const bytes = new Uint8Array(to - from);
    for (const number of chunksIn([from, to])) {
      const content = await chunk(number);
      const start = starts[number]!;
      const [low, high] = [Math.max(from, start), Math.min(to, start + content.length)];
      bytes.set(content.subarray(low - start, high - start), low - from);
    }
    return new DataView(bytes.buffer);
  };
  /** Name, file type, and where what follows the entry starts. */
  const head = async (start: number) => {
    const named = start === 0 ? 0 : numberAt(await read(start, start + 8), 0);
    const view = await read(start, start + named + ENTRY_SIZE);
    const name = Buffer.from(view.buffer, RECORD_HEADER, Math.max(0, named - RECORD_HEADER - 1));
    const type = numberAt(view, named + 24) & 0o170000;
    return { name: named === 0 ? '' : name.toString(), type, next: start + named + ENTRY_SIZE };
  };
  /** What a directory has: hash of the name, and where it lies. */
  const children = async ([, end]: Extent) => {
    const tail = await read(end - ROW, end);
    if (tail.getBigUint64(16, true) !== CATAR.goodbyeTail) throw new Error('no table is here');
    const size = numberAt(tail, 8);
    const table = await read(end - size, end);
    const rows: { readonly hash: bigint; readonly extent: Extent }[] = [];
    for (let at = RECORD_HEADER; at < size - ROW; at += ROW) {
      const from = end - size - numberAt(table, at);
      const extent = [from, from + numberAt(table, at + 8)] as const;
      rows.push({ hash: table.getBigUint64(at + 16, true), extent });
    }
    return rows;
  };
  /** Where the content of a file starts, or 0 of what is none; reads what leads there. */
  const open = async (path: string): Promise<Extent> => {
    let extent: Extent = [0, index.length];
    for (const name of path.split('/').filter(Boolean)) {
      await head(extent[0]);
      const rows = await children(extent);
      extent = rows.find(({ hash }) => hash === sipHash(NAME_KEY, name))!.extent;
    }
    const { type, next } = await head(extent[0]);
    if (type === DIRECTORY) await children(extent);
    else if (type === FILE) await read(next, next + RECORD_HEADER);
    else await read(...extent);
    return type === FILE ? [next + RECORD_HEADER, extent[1]] : [0, 0];
  };
  return {
    async list() {
      const paths: string[] = [];
      const visit = async (above: string, extent: Extent): Promise<void> => {
        const { name, type, next } = await head(extent[0]);
        const path = above === '' ? name : `${above}/${name}`;
        if (path !== '') paths.push(path);
        if (type === FILE) await read(next, next + RECORD_HEADER);
        else if (type !== DIRECTORY) await read(...extent);
        else for (const row of await children(extent)) await visit(path, row.extent);
      };
      await visit('', [0, index.length]);
      return paths;
    },
    async read(wanted) {
      const found = new Map<string, Part[]>();
      for (const { path, ranges } of wanted) {
        const [start, end] = await open(path);
        const parts: Part[] = [];
        for (const [offset, length] of ranges ?? [[0, end - start]]) {
          const view = await read(start + offset, start + offset + length);
          parts.push({ offset, bytes: new Uint8Array(view.buffer) });
        }
        found.set(path, parts);
      }
      return found;
    },
    async prove(path, content) {
      const [start, end] = await open(path);
      if (end - start !== content.length) return false;
      for (const number of chunksIn([start, end])) {
        const { digest, length } = index.chunks[number]!;
        const at = starts[number]! - start;
        const isInside = at >= 0 && at + length <= content.length;
        if (isInside) {
          if (sha256Of(content.subarray(at, at + length)) !== hex(digest)) return false;
          continue;
        }
        const [low, high] = [Math.max(0, at), Math.min(content.length, at + length)];
        const own = (await chunk(number)).subarray(low - at, high - at);
        if (Buffer.compare(own, content.subarray(low, high)) !== 0) return false;
      }
      return true;
    },
  };
};

function isWanted(ranges: WantedFile['ranges'], offset: number, length: number): boolean {
  if (!ranges) return true;
  return ranges.some(([from, count]) => from < offset + length && offset < from + count);
}

function numberAt(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, true));
}

function hex(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex');
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
