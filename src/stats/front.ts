/**
 * Numbers of the points that no other beats: none is at most as much in every value and less in one. Equal points are on the
 * front together.
 *
 * @param points the same number of values each; less is better in all
 */
export function paretoFrontOf(points: readonly (readonly number[])[]): readonly number[] {
  const order = points
    .map((_, number) => number)
    .toSorted((a, b) => compare(points[a]!, points[b]!));
  const front: number[] = [];
  // Whoever beats a point comes before it, and is on the front or beaten by one that is.
  for (const number of order) {
    const point = points[number]!;
    if (!front.some((other) => beats(points[other]!, point))) front.push(number);
  }
  return front.toSorted((a, b) => a - b);
}

function compare(one: readonly number[], other: readonly number[]): number {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place < 0 ? 0 : one[place]! - other[place]!;
}

function beats(one: readonly number[], other: readonly number[]): boolean {
  return (
    one.every((value, index) => value <= other[index]!) &&
    one.some((value, index) => value < other[index]!)
  );
}
