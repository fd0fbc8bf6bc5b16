import { OFFSET, type PieceRows, ROW, SOURCE, START, ZEROS } from './piece-rows.ts';

/** Small files of an archive lie close together: one system call reads many. */

/** A part of a file that is read at once for several pieces. Bytes. */
export interface Window {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

export const NO_WINDOW: Window = { number: ZEROS, start: 0, end: 0 };

/** Longest window, and longest piece that begins one: bytes. */
const LONGEST = 1 << 18;
const SMALL = 1 << 14;
/** Bytes that may be read in vain for each further piece: they take as long as a system call. */
const BETWEEN = 1 << 13;
/** With fewer pieces a window saves nothing. */
const FEWEST = 3;

/** Of this thread, for the window that is in use. */
export const windowBytes: Uint8Array = new Uint8Array(LONGEST);

export function isWithin(
  { number, start, end }: Window,
  source: number,
  from: number,
  count: number,
): boolean {
  return number === source && from >= start && from + count <= end;
}

/**
 * The part of a file in which a small piece and some after it lie close together, in whatever order.
 *
 * @param from where what is read of the piece `first` starts in its file, and `count` how long that is: bytes
 * @param until where the read ends in the rope: bytes
 */
export function windowAt(
  { pieces, count: rows, length: total }: PieceRows,
  first: number,
  from: number,
  count: number,
  until: number,
): Window {
  if (count > SMALL) return NO_WINDOW;
  const number = pieces[ROW * first + SOURCE]!;
  let [start, end, bytes, together] = [from, from + count, count, 1];
  for (let index = first + 1; index < rows; index++) {
    const at = ROW * index;
    const begins = pieces[at + START]!;
    const source = pieces[at + SOURCE]!;
    if (begins >= until || (source >= 0 && source !== number)) break;
    if (source < 0) continue;
    const ends = index + 1 < rows ? pieces[at + ROW + START]! : total;
    const length = Math.min(ends, until) - begins;
    const low = Math.min(start, pieces[at + OFFSET]!);
    const high = Math.max(end, pieces[at + OFFSET]! + length);
    const inVain = high - low - bytes - length;
    if (high - low > LONGEST || inVain > BETWEEN * together) break;
    [start, end, bytes, together] = [low, high, bytes + length, together + 1];
  }
  return together < FEWEST ? NO_WINDOW : { number, start, end };
}
