import { FRAME } from '../report/charts/chart.ts';

/** Which marks of a chart have place for their names. */

/** A chain in a chart of two measures. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  /** On the front of its division. */
  readonly front: boolean;
  /** Of a preset; empty of another chain. */
  readonly name: string;
}

/** Pixels. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A scale as Vega-Lite has it; without a domain it begins at zero. */
interface Scale {
  readonly type?: unknown;
  readonly domain?: unknown;
}

const LETTER = 5.6;
const LINE = 12;
/** From the middle of a mark to that of its name. */
export const AWAY = 12;
/** Half of a large mark. */
const MARK = 5;

/**
 * Marks whose names touch no other name, and no large mark, with the side of the mark where it stands: those on the front
 * first.
 */
export function namedMarks<One extends Mark>(
  marks: readonly One[],
  xScale: object,
  yScale: object,
): ReadonlyMap<One, 'above' | 'below'> {
  const across = pixels(
    xScale,
    FRAME.width,
    marks.map(({ x }) => x),
  );
  const up = pixels(
    yScale,
    FRAME.height,
    marks.map(({ y }) => y),
  );
  const placed = marks.map((mark) => ({ mark, x: across(mark.x), y: FRAME.height - up(mark.y) }));
  const taken: Box[] = [];
  const named = new Map<One, 'above' | 'below'>();
  const isFirst = ({ mark }: (typeof placed)[number]): number => (mark.front ? 0 : 1);
  for (const { mark, x, y } of placed.toSorted((a, b) => isFirst(a) - isFirst(b))) {
    if (mark.name === '') continue;
    for (const [side, middle] of [
      ['above', y - AWAY],
      ['below', y + AWAY],
    ] as const) {
      const half = (mark.name.length * LETTER) / 2;
      const box = {
        left: x - half,
        right: x + half,
        top: middle - LINE / 2,
        bottom: middle + LINE / 2,
      };
      const isFree =
        box.bottom < FRAME.height &&
        !taken.some((other) => touch(box, other)) &&
        !placed.some((one) => one.mark.front && one.mark !== mark && touch(box, around(one)));
      if (!isFree) continue;
      taken.push(box);
      named.set(mark, side);
      break;
    }
  }
  return named;
}

function around({ x, y }: { readonly x: number; readonly y: number }): Box {
  return { left: x - MARK, right: x + MARK, top: y - MARK, bottom: y + MARK };
}

function touch(one: Box, other: Box): boolean {
  return (
    one.left < other.right &&
    other.left < one.right &&
    one.top < other.bottom &&
    other.top < one.bottom
  );
}

/** From the beginning of an axis. */
function pixels(
  { type, domain }: Scale,
  length: number,
  values: readonly number[],
): (value: number) => number {
  const [low, high] = Array.isArray(domain) ? (domain as number[]) : [0, Math.max(...values)];
  const of = type === 'log' ? Math.log : (value: number): number => value;
  const [begin, end] = [of(low!), of(high!)];
  return (value) => (end > begin ? ((of(value) - begin) / (end - begin)) * length : 0);
}
