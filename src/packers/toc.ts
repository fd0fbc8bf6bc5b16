import { SkippedError } from '../errors.ts';
import type { ObjectTable } from '../objects/objects.ts';
import type { TarEntry } from '../trees/tar.ts';
import type { EntryType } from '../trees/tree.ts';
import { digestAt } from './blobs.ts';
import { type Frame, type FramedLayer, hashOf } from './framed.ts';

/**
 * Rows of a table of contents as eStargz defined it and zstd:chunked took it over: one object per tar entry, in tar order;
 * further chunks of a file follow as rows of type `chunk`.
 */
export type TocRow = Readonly<Record<string, unknown>>;

/** In what the two formats differ. */
export interface TocStyle {
  /** Fields of an entry beyond those both have. */
  entry(entry: TarEntry): TocRow;
  /** Fields of a file's first chunk and of further ones. @param chunks all of the file; index and digest are of this one */
  chunk(chunks: readonly Frame[], index: number, digest: string): TocRow;
}

/** Names of types in a table of contents: those of eStargz, which SOCI took over. */
export const TOC_TYPES: Readonly<Record<EntryType | 'hardlink', string>> = {
  file: 'reg',
  directory: 'dir',
  symlink: 'symlink',
  hardlink: 'hardlink',
  'character-device': 'char',
  'block-device': 'block',
  fifo: 'fifo',
};

export function tocRows(
  { frames }: FramedLayer,
  objects: ObjectTable,
  style: TocStyle,
): readonly TocRow[] {
  const contents = new Map<TarEntry, Frame[]>();
  const entries: TarEntry[] = [];
  for (const frame of frames) {
    const { contentOf, entries: headers = [] } = frame.stream;
    if (contentOf) contents.set(contentOf, [...(contents.get(contentOf) ?? []), frame]);
    else if (frame.streamOffset === 0) entries.push(...headers);
  }
  return entries.flatMap((entry) => rowsOf(entry, contents.get(entry) ?? [], objects, style));
}

/** The table as both formats store it. Throws a SkippedError where it is longer than text can be in JavaScript. */
export function writeToc(entries: readonly TocRow[], more: TocRow = {}): Uint8Array {
  return encodeToc(() => JSON.stringify({ version: 1, entries, ...more }));
}

/** As {@link writeToc}, of a table in another layout. */
export function encodeToc(text: () => string): Uint8Array {
  try {
    return new TextEncoder().encode(text());
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SkippedError(
      'the table of contents has more than 512 MiB',
      {},
      'names and attributes of this image are too long for this format: choose another model',
      { cause },
    );
  }
}

function rowsOf(
  entry: TarEntry,
  chunks: readonly Frame[],
  objects: ObjectTable,
  style: TocStyle,
): readonly TocRow[] {
  const [first] = chunks;
  const common = {
    type: TOC_TYPES[entry.type],
    name: utf8(entry.path),
    ...(entry.linkTarget === '' ? {} : { linkName: utf8(entry.linkTarget) }),
    mode: entry.mode,
    ...positive('size', entry.size),
    ...positive('uid', entry.uid),
    ...positive('gid', entry.gid),
    modtime: printTime(entry.mtime),
    ...positive('devMajor', entry.major),
    ...positive('devMinor', entry.minor),
    ...xattrsOf(entry),
    ...style.entry(entry),
  };
  if (!first) return [common];
  const rows = chunks.map((frame, index) => ({
    offset: frame.offset,
    ...positive('chunkOffset', frame.streamOffset),
    ...style.chunk(chunks, index, `sha256:${digestAt(objects, frame.object)}`),
  }));
  const digest =
    chunks.length === 1 ? digestAt(objects, first.object) : hashOf([first.stream]).digest('hex');
  return [
    { ...common, digest: `sha256:${digest}`, ...rows[0] },
    ...rows.slice(1).map((row) => ({ type: 'chunk', name: common.name, ...row })),
  ];
}

/** Go leaves out fields that are zero. */
export function positive(name: string, value: number): TocRow {
  return value > 0 ? { [name]: value } : {};
}

function xattrsOf({ xattrs }: TarEntry): TocRow {
  if (xattrs.size === 0) return {};
  const sorted = [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
  const values = sorted.map(([name, value]) => [utf8(name), Buffer.from(value).toString('base64')]);
  return { xattrs: Object.fromEntries(values) };
}

/** JSON is text: bytes that are no UTF-8 become U+FFFD, here as in Go. */
function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

const SECOND = 1_000_000_000n;

/** RFC 3339 in UTC, with a fraction where there is one. */
export function printTime(mtime: bigint): string {
  const fraction = ((mtime % SECOND) + SECOND) % SECOND;
  const seconds = (mtime - fraction) / SECOND;
  const date = new Date(Number(seconds) * 1000).toISOString().replace(/\.000Z$/, '');
  const digits = fraction.toString().padStart(9, '0').replace(/0+$/, '');
  return digits === '' ? `${date}Z` : `${date}.${digits}Z`;
}

/** Go writes these so that JSON can stand in HTML, and in JavaScript of old. */
export function escapeAsGo(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
