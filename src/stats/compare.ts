/** Comparing models. */

/** First position, counted from 1, at which `cumulative` is below `baseline`; undefined where it never is. */
export function breakEven(
  cumulative: readonly number[],
  baseline: readonly number[],
): number | undefined {
  const index = cumulative.findIndex((bytes, position) => bytes < (baseline[position] ?? 0));
  return index < 0 ? undefined : index + 1;
}

/** First position, counted from 1, from which on `cumulative` stays below `baseline`; undefined where it is not below at the end. */
export function lastingBreakEven(
  cumulative: readonly number[],
  baseline: readonly number[],
): number | undefined {
  const version = cumulative.findLastIndex((bytes, index) => bytes >= (baseline[index] ?? 0)) + 2;
  return version > cumulative.length ? undefined : version;
}

/**
 * Those that no other beats: none is at most as much in both values, and less in one by a difference that counts.
 * @param isTold whether a difference in the second value counts; of the first each does
 */
export function paretoFront<T>(
  items: readonly T[],
  first: (item: T) => number,
  second: (item: T) => number,
  isTold: (item: T, other: T) => boolean = () => true,
): readonly T[] {
  return items.filter((item) =>
    items.every((other) => {
      const notWorse = first(other) <= first(item) && second(other) <= second(item);
      const better =
        first(other) < first(item) || (second(other) < second(item) && isTold(item, other));
      return !(notWorse && better);
    }),
  );
}
