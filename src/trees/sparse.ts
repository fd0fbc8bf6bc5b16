import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import { BLOCK, type Header, readNumber } from './header.ts';
import type { PaxRecords } from './pax.ts';
import { HOLE, pathFromBytes, type Segment } from './tree.ts';

/** Sparse files in the four forms that GNU tar writes: old GNU headers, and PAX 0.0, 0.1 and 1.0. */

interface Extent {
  readonly offset: number;
  readonly length: number;
}

export interface SparseFile {
  /** Length of the file: bytes. */
  readonly size: number;
  readonly segments: readonly Segment[];
  /** Where the next header starts, before rounding up to a block. */
  readonly end: number;
}

/** Old GNU: extents in the header itself, more in extension blocks between header and data. */
export function readGnuSparse(
  source: ByteSource,
  header: Header,
  start: number,
  stored: number,
  where: Where,
): SparseFile {
  const extents: Extent[] = [];
  readExtents(header.block, 386, 4, extents, where);
  let data = start;
  for (let more = header.block[482] !== 0; more; data += BLOCK) {
    const block = readBlock(source, data, where);
    readExtents(block, 0, 21, extents, where);
    more = block[504] !== 0;
  }
  const size = readNumber(header.block, 483, 12, 'realsize', where);
  return { ...layOut(extents, size, data, stored, where), end: data + stored };
}

/** PAX 0.0, 0.1 (map in the extended header) and 1.0 (map before the data); undefined where the entry is not sparse. */
export function readPaxSparse(
  source: ByteSource,
  records: PaxRecords,
  start: number,
  stored: number,
  where: Where,
): SparseFile | undefined {
  const end = start + stored;
  if (records.get('GNU.sparse.major') === '1' && records.get('GNU.sparse.minor') === '0') {
    const map = readLeadingMap(source, start, end, where);
    const size = decimal(records.get('GNU.sparse.realsize'), where);
    return { ...layOut(map.extents, size, map.data, end - map.data, where), end };
  }
  const map = records.get('GNU.sparse.map');
  if (map === undefined) return undefined;
  const numbers = map === '' ? [] : map.split(',').map((text) => decimal(text, where));
  const extents: Extent[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    extents.push({ offset: numbers[index]!, length: numbers[index + 1] ?? Number.NaN });
  }
  const size = decimal(records.get('GNU.sparse.size'), where);
  return { ...layOut(extents, size, start, stored, where), end };
}

function readLeadingMap(
  source: ByteSource,
  start: number,
  end: number,
  where: Where,
): { readonly extents: readonly Extent[]; readonly data: number } {
  let data = start;
  let text = '';
  const next = (): number => {
    let newline = text.indexOf('\n');
    while (newline < 0) {
      if (data + BLOCK > end || text.length > 32) throw damaged('its map is cut', where);
      text += pathFromBytes(readBlock(source, data, where));
      data += BLOCK;
      newline = text.indexOf('\n');
    }
    const number = decimal(text.slice(0, newline), where);
    text = text.slice(newline + 1);
    return number;
  };
  const count = next();
  if (count > limits.sparseExtents) throw damaged(`it has ${count} extents`, where);
  const extents: Extent[] = [];
  for (let index = 0; index < count; index++) extents.push({ offset: next(), length: next() });
  return { extents, data };
}

function readExtents(
  block: Uint8Array,
  offset: number,
  count: number,
  extents: Extent[],
  where: Where,
): void {
  for (let index = 0; index < count; index++) {
    const at = offset + 24 * index;
    if (block[at] === 0) return;
    extents.push({
      offset: readNumber(block, at, 12, 'sparse offset', where),
      length: readNumber(block, at + 12, 12, 'sparse length', where),
    });
    if (extents.length > limits.sparseExtents) throw damaged('it has too many extents', where);
  }
}

/** Data runs and the holes between them; extents must ascend, not overlap, and use exactly the stored bytes. */
function layOut(
  extents: readonly Extent[],
  size: number,
  data: number,
  stored: number,
  where: Where,
): Pick<SparseFile, 'size' | 'segments'> {
  if (size < 0) throw damaged(`it has ${size} bytes`, where);
  const segments: Segment[] = [];
  let position = 0;
  let used = 0;
  for (const { offset, length } of extents) {
    if (!(offset >= position && length >= 0 && offset + length <= size)) {
      throw damaged('its extents overlap or pass its end', where);
    }
    // GNU tar marks the end with an empty extent; one between two holes must not part them.
    if (length === 0) continue;
    if (offset > position) segments.push({ source: HOLE, offset: 0, length: offset - position });
    segments.push({ source: 0, offset: data + used, length });
    used += length;
    position = offset + length;
  }
  if (used !== stored) throw damaged(`it stores ${stored} bytes but maps ${used}`, where);
  if (position < size) segments.push({ source: HOLE, offset: 0, length: size - position });
  return { size, segments };
}

function readBlock(source: ByteSource, offset: number, where: Where): Uint8Array {
  if (offset + BLOCK > source.length) throw damaged('the archive ends in its map', where);
  return readRange(source, offset, BLOCK);
}

function decimal(text: string | undefined, where: Where): number {
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  throw damaged(`'${text}' is no number`, where);
}

function damaged(what: string, where: Where): InputError {
  return new InputError(`sparse file: ${what}`, where, 'the archive is damaged or hostile');
}
