import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ByteSource } from '../streams/source.ts';
import { BlockReader } from './blocks.ts';
import { BLOCK, type Header, readNumber, roundUp } from './header.ts';
import type { PaxRecords } from './pax.ts';
import { Extents } from './segments.ts';
import type { Segments } from './tree.ts';

/** Sparse files in the four forms that GNU tar writes: old GNU headers, and PAX 0.0, 0.1 and 1.0. */

export interface SparseFile {
  /** Length of the file: bytes. */
  readonly size: number;
  readonly segments: Segments;
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
  // star writes the same type with its map elsewhere.
  if (!header.isGnu) throw unknown('its header is none of GNU tar', where);
  const size = readNumber(header.block, 483, 12, 'realsize', where);
  const map = new SparseMap(size, where);
  readExtents(header.block, 386, 4, map, where);
  let data = start;
  const blocks = new BlockReader(source);
  for (let more = header.block[482] !== 0; more; data += BLOCK) {
    if (data + BLOCK > source.length) throw damaged('the archive ends in its map', where);
    const block = blocks.at(data);
    readExtents(block, 0, 21, map, where);
    more = block[504] !== 0;
  }
  return { size, segments: map.layOut(data, stored), end: data + stored };
}

/**
 * PAX 0.0, 0.1 (map in the extended header) and 1.0 (map before the data); undefined where the entry is not sparse. Throws
 * an InputError where it says that it is, in another form: its bytes are not what a reader of the file would see.
 */
export function readPaxSparse(
  source: ByteSource,
  records: PaxRecords,
  start: number,
  stored: number,
  where: Where,
): SparseFile | undefined {
  const form = formOf(records, where);
  if (form === undefined) return undefined;
  const end = start + stored;
  const size = realSize(records, where);
  const map = new SparseMap(size, where);
  if (form === 'in the data') {
    const data = readLeadingMap(source, start, end, map, where);
    return { size, segments: map.layOut(data, end - data), end };
  }
  readListedMap(records.get('GNU.sparse.map') ?? '', map, where);
  const stated = records.get('GNU.sparse.numblocks');
  if (stated !== undefined && decimal(stated, where) !== map.count) {
    throw damaged(`it says ${stated} extents and lists ${map.count}`, where);
  }
  return { size, segments: map.layOut(start, stored), end };
}

/** Records with which other programs say where the data of a sparse file belongs: Solaris' and star's. */
const FOREIGN = ['SUN.holesdata', 'SCHILY.realsize'];

/** Where the map is. */
function formOf(records: PaxRecords, where: Where): 'in the data' | 'in the header' | undefined {
  if (records.size === 0) return undefined;
  const foreign = FOREIGN.find((keyword) => records.has(keyword));
  if (foreign !== undefined) throw unknown(`${foreign} says where its data belongs`, where);
  const major = records.get('GNU.sparse.major');
  const minor = records.get('GNU.sparse.minor');
  // In version 0.0 a file that is one hole has no record that could make a map.
  const hasMap =
    records.has('GNU.sparse.map') || /^0+$/.test(records.get('GNU.sparse.numblocks') ?? '');
  if (major !== undefined || minor !== undefined) {
    const version = `${major ?? '?'}.${minor ?? '?'}`;
    if (version === '1.0') return 'in the data';
    if (version !== '0.0' && version !== '0.1') throw unknown(`its version is ${version}`, where);
    if (hasMap) return 'in the header';
  }
  if (hasMap) return 'in the header';
  const said = ['numblocks', 'size', 'realsize'].find((word) => records.has(`GNU.sparse.${word}`));
  if (said === undefined && major === undefined) return undefined;
  throw damaged('it has no map', where);
}

/** Versions before 1.0 call it `size`; GNU tar reads both names in all versions. */
function realSize(records: PaxRecords, where: Where): number {
  const size = records.get('GNU.sparse.size');
  const real = records.get('GNU.sparse.realsize');
  const stated = size ?? real;
  if (stated === undefined) throw damaged('it says no size', where);
  const number = decimal(stated, where);
  if (real === undefined || decimal(real, where) === number) return number;
  throw damaged(`it says two sizes, ${size} and ${real}`, where);
}

/** `offset,length,offset,length…` */
function readListedMap(text: string, map: SparseMap, where: Where): void {
  let at = 0;
  const next = (): number => {
    const comma = text.indexOf(',', at);
    const end = comma < 0 ? text.length : comma;
    const number = decimal(text.slice(at, end), where);
    at = end + 1;
    return number;
  };
  // After the last number `at` is one behind the end; a comma there announces a number that is not there.
  while (text !== '' && at <= text.length) {
    const offset = next();
    map.add(offset, at <= text.length ? next() : Number.NaN);
  }
}

/** `count\n(offset\nlength\n)*`, padded to whole blocks. Returns where the data start. */
function readLeadingMap(
  source: ByteSource,
  start: number,
  end: number,
  map: SparseMap,
  where: Where,
): number {
  const numbers = new NumberReader(source, start, end, where);
  const count = numbers.next();
  if (count > limits.sparseExtents) throw tooMany(count, where);
  // Nothing is allocated for what the bytes cannot hold: an extent takes four.
  map.reserve(Math.min(count, Math.floor((end - start) / 4)));
  for (let index = 0; index < count; index++) map.add(numbers.next(), numbers.next());
  const data = start + roundUp(numbers.offset - start);
  if (data > end) throw damaged('its map is cut', where);
  return data;
}

/** Decimal numbers that end in newlines. */
class NumberReader {
  readonly #blocks: BlockReader;
  readonly #end: number;
  readonly #where: Where;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Behind the last number: bytes. */
  offset: number;

  constructor(source: ByteSource, start: number, end: number, where: Where) {
    this.#blocks = new BlockReader(source);
    this.offset = start;
    this.#end = Math.min(end, source.length);
    this.#where = where;
  }

  next(): number {
    let value = 0;
    for (let digits = 0; ; digits++) {
      const byte = this.#byte();
      if (byte === NEWLINE && digits > 0) return value;
      value = 10 * value + (byte - ZERO);
      if (byte < ZERO || byte > ZERO + 9 || !Number.isSafeInteger(value)) {
        throw damaged('its map has what is no number', this.#where);
      }
    }
  }

  #byte(): number {
    if (this.#at === this.#block.length) {
      if (this.offset + BLOCK > this.#end) throw damaged('its map is cut', this.#where);
      this.#block = this.#blocks.at(this.offset);
      this.#at = 0;
    }
    this.offset++;
    return this.#block[this.#at++]!;
  }
}

const NEWLINE = 0x0a;
const ZERO = 0x30;

function readExtents(
  block: Uint8Array,
  offset: number,
  count: number,
  map: SparseMap,
  where: Where,
): void {
  for (let index = 0; index < count; index++) {
    const at = offset + 24 * index;
    if (block[at] === 0) return;
    const start = readNumber(block, at, 12, 'sparse offset', where);
    map.add(start, readNumber(block, at + 12, 12, 'sparse length', where));
  }
}

/** The extents of one file while they are read: they must ascend, not overlap, and lie inside the file. */
class SparseMap {
  readonly #extents = new Extents();
  readonly #size: number;
  readonly #where: Where;
  /** Empty ones too. */
  count = 0;

  constructor(size: number, where: Where) {
    if (size < 0) throw damaged(`it has ${size} bytes`, where);
    this.#size = size;
    this.#where = where;
  }

  reserve(count: number): void {
    this.#extents.reserve(count);
  }

  add(offset: number, length: number): void {
    if (++this.count > limits.sparseExtents) throw tooMany(this.count, this.#where);
    if (length <= this.#size - offset && this.#extents.add(offset, length)) return;
    throw damaged('its extents overlap or pass its end', this.#where);
  }

  /** Data runs and the holes between them. @param data where the `stored` bytes start, all of which must be mapped */
  layOut(data: number, stored: number): Segments {
    const { bytes } = this.#extents;
    if (bytes === stored) return this.#extents.segments(this.#size, data);
    throw damaged(`it stores ${stored} bytes but maps ${bytes}`, this.#where);
  }
}

/** Leading zeros say nothing, however many. */
function decimal(text: string, where: Where): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw damaged(`'${text.slice(0, 40)}' is no number`, where);
}

function tooMany(count: number, where: Where): InputError {
  return new InputError(
    `sparse file: it has ${count} extents, more than ${limits.sparseExtents}`,
    where,
    'write it without holes, or raise limits.sparseExtents',
  );
}

function unknown(what: string, where: Where): InputError {
  return new InputError(
    `sparse file: ${what}, which is not known here`,
    where,
    'write the archive with GNU tar, or without sparse files',
  );
}

function damaged(what: string, where: Where): InputError {
  return new InputError(`sparse file: ${what}`, where, 'the archive is malformed');
}
