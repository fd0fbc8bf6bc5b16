import { UsageError } from './errors.ts';
import { formatSize, parseSize } from './ids.ts';
import { limits } from './limits.ts';
import { shortened } from './listed.ts';

/** Grids: ids with `{a,b}` and `avg=4KiB..1MiB`, which stand for several. */

/** A fault of an id that knows its place in it. */
export class PlacedError extends UsageError {
  /** As people are told it. */
  override readonly name = 'UsageError';
  /** Characters before the place. */
  at = 0;
}

/** The same fault, at this place in an id. */
export function placedAt({ message, where, remedy }: UsageError, at: number): PlacedError {
  return Object.assign(new PlacedError(message, where, remedy), { at });
}

/** Text that stands in a grid as it is here; `at` counts the characters before it. */
interface Piece {
  readonly text: string;
  readonly at: number;
}

type Pieces = readonly Piece[];

/**
 * Expands grids: `avg=4KiB..1MiB` to powers of two from the first to the last, `{a,b}` to each alternative, which may have
 * braces as well; several in one id multiply. A text without a grid expands to itself.
 *
 * Throws a UsageError that says what is wrong, and where.
 */
export function expandGrid(text: string, most: number = limits.gridIds): readonly string[] {
  return expand(text, most).map(idOf);
}

/**
 * What the ids of a grid are. A UsageError about one of them tells the place in the grid.
 * @param most ids that it may expand to
 */
export function resolveGrid<Found>(
  text: string,
  resolve: (id: string) => Found,
  most: number = limits.gridIds,
): readonly Found[] {
  return expand(text, most).map((pieces) => {
    try {
      return resolve(idOf(pieces));
    } catch (error) {
      throw placedIn(error, text, pieces);
    }
  });
}

function placedIn(error: unknown, text: string, pieces: Pieces): unknown {
  const isPlaced = error instanceof PlacedError;
  const isPlain = error instanceof UsageError && error.constructor === UsageError;
  // A name by itself is its own place.
  if (!(isPlaced || (isPlain && idOf(pieces) !== text))) return error;
  const { message, remedy } = error as UsageError;
  const isCut = idOf(pieces) !== text && /^unknown \w+ '\w+=/.test(message);
  const place = placeOf(pieces, isPlaced ? error.at : 0);
  return faultAt(message, text, place, isCut ? CUT : remedy);
}

const CUT =
  "a comma in braces ends an alternative: give one with several parameters by itself, such as 'fastcdc:min=4KiB,avg=16KiB'";

function faultAt(what: string, text: string, at: number, remedy: string): UsageError {
  const place = `at character ${at + 1}`;
  const of = what.includes(`'${text}'`) ? '' : ` of '${shortened(text, MOST_SHOWN)}'`;
  return new UsageError(`${what}, ${place}${of}`, {}, remedy);
}

/** Characters of a grid in a message. */
const MOST_SHOWN = 300;

/** A grid as it should be. */
function exampleFor(text: string): string {
  return text.includes('|')
    ? "'{files,catar}|fastcdc:avg=16KiB..256KiB|{none,zstd:3}|blob|{get,range}'"
    : "'{rabin,fastcdc}:avg=4KiB..1MiB'";
}

function expand(text: string, most: number): readonly Pieces[] {
  let found = new Braces(text, most).expand();
  for (;;) {
    const next = found.flatMap((pieces) => expandRange(text, pieces));
    checkCount(text, next.length, most);
    if (next.length === found.length && next.every((pieces, at) => pieces === found[at])) {
      return found;
    }
    found = next;
  }
}

function checkCount(text: string, count: number, most: number): void {
  if (count <= most) return;
  throw new UsageError(
    `'${text}' expands to more than ${most} ids`,
    {},
    'split it into several runs',
  );
}

/** Braces in braces: nobody writes more, and each takes a call. */
const DEEPEST = 100;

/** Reads a grid from its beginning to its end. */
class Braces {
  readonly #text: string;
  readonly #most: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, most: number) {
    this.#text = text;
    this.#most = most;
  }

  expand(): readonly Pieces[] {
    return this.#sequence(false);
  }

  /** @param isInside of braces, where a comma ends it */
  #sequence(isInside: boolean): readonly Pieces[] {
    let found: readonly Pieces[] = [[]];
    const multiply = (choices: readonly Pieces[]): void => {
      checkCount(this.#text, found.length * choices.length, this.#most);
      found = found.flatMap((one) => choices.map((choice) => [...one, ...choice]));
    };
    for (;;) {
      const rest = this.#text.slice(this.#at);
      const [literal] = (isInside ? /^[^{},]*/ : /^[^{}]*/).exec(rest)!;
      if (literal !== '') multiply([[{ text: literal, at: this.#at }]]);
      this.#at += literal.length;
      const next = this.#text[this.#at];
      if (next === '{') multiply(this.#braces());
      else if (next === '}' && !isInside) throw this.#fault("'}' has no '{' before it", this.#at);
      else return found;
    }
  }

  #braces(): readonly Pieces[] {
    const opened = this.#at++;
    if (++this.#depth > DEEPEST) throw this.#fault('too many braces are open', opened);
    const choices: Pieces[] = [];
    let empty: number | undefined;
    for (;;) {
      const begin = this.#at;
      for (const choice of this.#sequence(true)) choices.push(choice);
      if (this.#at === begin) empty ??= begin;
      const end = this.#text[this.#at++];
      if (end === undefined) throw this.#fault("'{' has no '}' after it", opened);
      if (end === '}') break;
    }
    if (empty !== undefined && (choices.length === 1 || this.#isWhole(opened))) {
      throw this.#fault('an alternative is empty', empty);
    }
    this.#depth--;
    return choices;
  }

  /** True of braces that stand for a whole member, and not for its end: `zstd{,:19}` has two. */
  #isWhole(opened: number): boolean {
    const isEdge = (character: string | undefined): boolean =>
      character === undefined || '|{},'.includes(character);
    return isEdge(this.#text[opened - 1]) && isEdge(this.#text[this.#at]);
  }

  #fault(what: string, at: number): UsageError {
    return faultAt(what, this.#text, at, `write it as ${exampleFor(this.#text)}`);
  }
}

/** The first range of an id, size by size; the same pieces where it has none. */
function expandRange(text: string, pieces: Pieces): readonly Pieces[] {
  const id = idOf(pieces);
  const range = /([^=:,|]*)([=:,|]|^)([^=:,|]*?)\.\.([^=:,|]*)/.exec(id);
  if (!range) return [pieces];
  const [whole, name = '', sign = '', low = '', high = ''] = range;
  const start = range.index + name.length + sign.length;
  const fault = (what: string, remedy: string): UsageError =>
    faultAt(`${what} in the range '${low}..${high}'`, text, placeOf(pieces, start), remedy);
  if (sign !== '=') {
    throw fault(
      'no parameter is named',
      'name it, such as avg=4KiB..1MiB; of numbers that are no sizes give each: {1,3,9}',
    );
  }
  const right = `write sizes, each twice the one before: ${name}=4KiB..1MiB; of other numbers give each: ${name}={1,3,9}`;
  const [first, last] = [sizeOf(low, 'first'), sizeOf(high, 'last')].map((size) => {
    if (typeof size === 'string') throw fault(size, right);
    return size;
  }) as [number, number];
  if (first > last) {
    throw fault('the larger size is first', `write it as ${name}=${high}..${low}`);
  }
  const end = range.index + whole.length;
  const values: Pieces[] = [];
  for (let value = first; value <= last; value *= 2) {
    const size = { text: formatSize(value), at: placeOf(pieces, start) };
    values.push([...cut(pieces, 0, start), size, ...cut(pieces, end, id.length)]);
  }
  return values;
}

/** A fault in words where it is none that a range may end at. */
function sizeOf(text: string, which: 'first' | 'last'): number | string {
  if (text === '') return `the ${which} size is missing`;
  const size = parseSize(text);
  if (size === undefined) return `'${text}' is no size`;
  return size > 0 ? size : 'a size is 0';
}

function idOf(pieces: Pieces): string {
  return pieces.map(({ text }) => text).join('');
}

/** Where a character of an id is from. */
function placeOf(pieces: Pieces, index: number): number {
  let left = index;
  for (const { text, at } of pieces) {
    if (left < text.length) return at + left;
    left -= text.length;
  }
  const last = pieces.at(-1);
  return last ? last.at + last.text.length : 0;
}

/** The pieces of a part of an id. */
function cut(pieces: Pieces, from: number, to: number): Pieces {
  let before = 0;
  return pieces.flatMap(({ text, at }) => {
    const begin = Math.max(0, from - before);
    const kept = text.slice(begin, Math.max(begin, to - before));
    before += text.length;
    return kept === '' ? [] : [{ text: kept, at: at + begin }];
  });
}
