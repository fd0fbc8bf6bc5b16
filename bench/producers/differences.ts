import { findCheckpoints } from '../../src/codecs/inflate.ts';
import { formatNumber, plural } from '../../src/format.ts';
import { BLOCK, readHeader, roundUp } from '../../src/trees/header.ts';

/** Which field of which header, or which block, the first byte lies in that two files do not share. */

/** First byte that differs; the shorter length where one begins with the other; undefined of equal bytes. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) if (a[at] !== b[at]) return at;
  return a.length === b.length ? undefined : shorter;
}

type Field = readonly [name: string, offset: number, length: number];

/** ustar of POSIX.1-1988 and later, "Extended tar Format"; GNU tar has other fields behind devminor. */
const TAR_FIELDS: readonly Field[] = [
  ['name', 0, 100],
  ['mode', 100, 8],
  ['uid', 108, 8],
  ['gid', 116, 8],
  ['size', 124, 12],
  ['mtime', 136, 12],
  ['chksum', 148, 8],
  ['typeflag', 156, 1],
  ['linkname', 157, 100],
  ['magic and version', 257, 8],
  ['uname', 265, 32],
  ['gname', 297, 32],
  ['devmajor', 329, 8],
  ['devminor', 337, 8],
  ['prefix', 345, 155],
  ['padding of the header', 500, 12],
];

/** Of one header. */
const MOST_FIELDS = 4;

/** What differs first in two uncompressed tars; undefined of equal ones. Throws an InputError where the first is none. */
export function explainTars(a: Uint8Array, b: Uint8Array): string | undefined {
  const at = firstDifference(a, b);
  if (at === undefined) return undefined;
  const { member, start, path, body } = memberAt(a, at);
  const where = `byte ${formatNumber(at)}, member ${member} (${path})`;
  if (body === 'end') {
    const lengths = [a, b].map(({ length }) => formatNumber(length)).join(' and ');
    return `byte ${formatNumber(at)}, behind the last member: ${lengths} bytes in all`;
  }
  if (body !== 'header') return `${where}, ${body}`;
  const fields = TAR_FIELDS.flatMap(([name, from, length]) => {
    const [own, other] = [a, b].map((bytes) =>
      quoted(bytes.subarray(start + from, start + from + length)),
    );
    return own === other ? [] : [{ name, text: `${name} ${own} and ${other}` }];
  });
  // The sum is another one wherever a field is.
  const telling = fields.filter(({ name }) => fields.length === 1 || name !== 'chksum');
  const told = telling.slice(0, MOST_FIELDS).map(({ text }) => text);
  const more = telling.length - told.length;
  return `${where}, header: ${told.join('; ')}${more > 0 ? `; ${plural(more, 'more field')}` : ''}`;
}

interface Place {
  /** From 1, extended headers counted as members of their own. */
  readonly member: number;
  readonly start: number;
  readonly path: string;
  readonly body: string;
}

function memberAt(tar: Uint8Array, at: number): Place {
  let path = '';
  for (let [start, member] = [0, 1]; ; member++) {
    const block = tar.subarray(start, start + BLOCK);
    const header = block.length < BLOCK ? undefined : readHeader(block, { offset: start });
    if (!header) return { member, start, path, body: 'end' };
    path = header.path;
    // Links say the size of what they link to in some archives, and have no content all the same.
    const size = /[1-6]/.test(header.type) ? 0 : header.size;
    const end = start + BLOCK + roundUp(size);
    if (at < start + BLOCK) return { member, start, path, body: 'header' };
    if (at < end) {
      const extended = /[xgLK]/.test(header.type);
      const offset = at - start - BLOCK;
      const what = extended ? `extended header (type ${header.type})` : 'content';
      const body = offset < size ? `byte ${formatNumber(offset)} of its ${what}` : 'padding';
      return { member, start, path, body };
    }
    start = end;
  }
}

/** RFC 1952, 2.3. */
const GZIP_FIELDS: readonly Field[] = [
  ['magic', 0, 2],
  ['CM', 2, 1],
  ['FLG', 3, 1],
  ['MTIME', 4, 4],
  ['XFL', 8, 1],
  ['OS', 9, 1],
];
const [FEXTRA, FNAME, FCOMMENT, FHCRC] = [4, 8, 16, 2];
const GZIP_HEADER = 10;
const GZIP_TRAILER = 8;

/** What differs in two compressed files of the same content. */
export interface Difference {
  /** In words: each field of the headers, then the first block. */
  readonly parts: readonly string[];
  /** More than headers differ. */
  readonly isOtherData: boolean;
}

/** Of two gzip files. */
export function explainGzips(a: Uint8Array, b: Uint8Array): Difference {
  const told = GZIP_FIELDS.flatMap(([name, from, length]) => {
    const [own, other] = [a, b].map((bytes) => hex(bytes.subarray(from, from + length)));
    return own === other ? [] : [`header field ${name}: ${own} and ${other}`];
  });
  const headers = [a, b].map(gzipHeader) as [number, number];
  if (headers[0] !== headers[1]) told.push(`headers of ${headers.join(' and ')} bytes`);
  const [own, other] = [a.subarray(headers[0]), b.subarray(headers[1])] as const;
  const at = firstDifference(own, other);
  if (at === undefined) return { parts: told, isOtherData: false };
  const otherData = (where: string): Difference => ({ parts: [...told, where], isOtherData: true });
  if (at >= own.length - GZIP_TRAILER) return otherData('the trailer, or what follows it');
  const place = headers[0] + at;
  const blocks = findCheckpoints(a, 0);
  // The bits of the byte before belong to the next block.
  const number = blocks.findLastIndex(({ compressedOffset }) => compressedOffset <= place);
  const { offset } = blocks[Math.max(0, number)]!;
  const where = `byte ${formatNumber(place)}, deflate block ${Math.max(0, number) + 1} of ${blocks.length}`;
  return otherData(`${where}, whose content begins at byte ${formatNumber(offset)}`);
}

function gzipHeader(bytes: Uint8Array): number {
  const flags = bytes[3]!;
  let at = GZIP_HEADER;
  if (flags & FEXTRA) at += 2 + bytes[at]! + (bytes[at + 1]! << 8);
  if (flags & FNAME) at = bytes.indexOf(0, at) + 1;
  if (flags & FCOMMENT) at = bytes.indexOf(0, at) + 1;
  return flags & FHCRC ? at + 2 : at;
}

/** Of two single zstd frames (RFC 8878, 3.1.1). */
export function explainFrames(a: Uint8Array, b: Uint8Array): Difference {
  const [own, other] = [readFrame(a), readFrame(b)];
  const told = (['checksum', 'window', 'contentSize'] as const).flatMap((field) =>
    own[field] === other[field]
      ? []
      : [`frame header, ${NAMES[field]}: ${own[field]} and ${other[field]}`],
  );
  const count = Math.min(own.blocks.length, other.blocks.length);
  const differs = Array.from({ length: count }, (_, index) => index).find(
    (index) => firstDifference(own.blocks[index]!, other.blocks[index]!) !== undefined,
  );
  const parts = [
    ...told,
    ...(differs === undefined ? [] : [`block ${differs + 1} of ${own.blocks.length}`]),
    ...(own.blocks.length === other.blocks.length
      ? []
      : [`${own.blocks.length} and ${other.blocks.length} blocks`]),
  ];
  return { parts, isOtherData: parts.length > told.length };
}

const NAMES = { checksum: 'content checksum', window: 'window', contentSize: 'content size' };

interface Frame {
  readonly checksum: string;
  readonly window: string;
  readonly contentSize: string;
  /** With their headers. */
  readonly blocks: readonly Uint8Array[];
}

function readFrame(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const descriptor = bytes[4]!;
  const isSingle = (descriptor & 0x20) !== 0;
  let at = 5;
  const window = isSingle ? 'the content' : windowOf(bytes[at++]!);
  at += [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  at += sizeBytes;
  const blocks: Uint8Array[] = [];
  for (let isLast = false; !isLast; ) {
    const header = view.getUint16(at, true) | (bytes[at + 2]! << 16);
    isLast = (header & 1) === 1;
    // A run-length block has one byte, whatever its size.
    const length = 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
    blocks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return {
    checksum: (descriptor & 4) === 0 ? 'none' : 'there',
    window,
    contentSize: sizeBytes === 0 ? 'not told' : 'told',
    blocks,
  };
}

function windowOf(byte: number): string {
  const base = 2 ** (10 + (byte >> 3));
  return `${formatNumber((base + (base / 8) * (byte & 7)) / 1024)} KiB`;
}

function quoted(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1').replace(/\0+$/, '\0');
  const shown = [...text].map((one) =>
    one >= ' ' && one <= '~' ? one : one === '\0' ? '\\0' : `\\x${hex(Buffer.from(one, 'latin1'))}`,
  );
  return `'${shown.join('')}'`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
