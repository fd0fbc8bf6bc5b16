/** A rectangle; y counts down. Pixels. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const EMPTY = 1e-9;

/**
 * Divides a box among weights, areas in proportion, as near to squares as rows allow: squarified treemaps (Bruls, Huizing
 * and van Wijk, 2000).
 *
 * @param weights above 0, greatest first
 * @returns a box each, in their order
 */
export function squarify(weights: readonly number[], box: Box): readonly Box[] {
  const boxes: Box[] = [];
  let rest = box;
  let left = weights.reduce((sum, one) => sum + one, 0);
  while (boxes.length < weights.length) {
    const [width, height] = [rest.x1 - rest.x0, rest.y1 - rest.y0];
    const side = Math.min(width, height);
    // Rounding may leave nothing for the last ones.
    if (side < EMPTY) {
      boxes.push(...weights.slice(boxes.length).map(() => rest));
      break;
    }
    const row = nextRow(weights.slice(boxes.length), side, (width * height) / left);
    const sum = row.reduce((all, one) => all + one, 0);
    const isLast = boxes.length + row.length === weights.length;
    const isColumn = width >= height;
    const depth = isLast ? Math.max(width, height) : (sum / left) * Math.max(width, height);
    let done = 0;
    for (const weight of row) {
      const from = (done / sum) * side;
      done += weight;
      const to = (done / sum) * side;
      boxes.push(
        isColumn
          ? { x0: rest.x0, x1: rest.x0 + depth, y0: rest.y0 + from, y1: rest.y0 + to }
          : { x0: rest.x0 + from, x1: rest.x0 + to, y0: rest.y0, y1: rest.y0 + depth },
      );
    }
    rest = isColumn ? { ...rest, x0: rest.x0 + depth } : { ...rest, y0: rest.y0 + depth };
    left -= sum;
  }
  return boxes;
}

/** As many as make the worst of them no more oblong. @param scale pixels squared a weight */
function nextRow(weights: readonly number[], side: number, scale: number): readonly number[] {
  let [count, sum, worst] = [0, 0, Number.POSITIVE_INFINITY];
  for (const weight of weights) {
    const more = sum + weight;
    const depth = (more * scale) / side;
    const longest = (weights[0]! * scale) / depth;
    const shortest = (weight * scale) / depth;
    const ratio = Math.max(longest / depth, depth / shortest);
    if (ratio > worst) break;
    [count, sum, worst] = [count + 1, more, ratio];
  }
  return weights.slice(0, count);
}

/** Divides an interval among weights, in their order: where each starts, and where the last ends. */
export function stack(weights: readonly number[], from: number, to: number): readonly number[] {
  const sum = weights.reduce((all, one) => all + one, 0);
  let done = 0;
  return [0, ...weights].map((weight) => {
    done += weight;
    return sum > 0 ? from + (done / sum) * (to - from) : from;
  });
}

/** Smaller by a gap that parts neighbours; a box that is too small for that stays as it is. */
export function inset({ x0, y0, x1, y1 }: Box, gap: number): Box {
  const [dx, dy] = [x1 - x0 > 4 * gap ? gap : 0, y1 - y0 > 4 * gap ? gap : 0];
  return { x0: x0 + dx, y0: y0 + dy, x1: x1 - dx, y1: y1 - dy };
}
