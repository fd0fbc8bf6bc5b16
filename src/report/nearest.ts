/**
 * Items by their distance from a bar, the nearest of each side before all others: where some lie on its other side, one of
 * these is among the first, however far it is.
 */
export function nearestOfEachSide<T>(
  items: readonly T[],
  { side, distance }: { side(item: T): string; distance(item: T): number },
): readonly T[] {
  const byDistance = items.toSorted((a, b) => distance(a) - distance(b) || 0);
  const sides = new Set<string>();
  const first = byDistance.filter((item) => {
    const isNew = !sides.has(side(item));
    sides.add(side(item));
    return isNew;
  });
  return [...new Set([...first, ...byDistance])];
}
