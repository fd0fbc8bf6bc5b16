/** A row of a table of contents. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Fields in which rows of the same key differ, with how many: `offset (3980)`, `row only theirs (1)`.
 *
 * @param key fields that name a row
 */
export function differingFields(
  theirs: readonly Row[],
  ours: readonly Row[],
  key: readonly string[],
): readonly string[] {
  const counts = new Map<string, number>();
  const count = (field: string): unknown => counts.set(field, (counts.get(field) ?? 0) + 1);
  const known = new Map(ours.map((row) => [keyOf(row, key), row]));
  for (const row of theirs) {
    const other = known.get(keyOf(row, key));
    known.delete(keyOf(row, key));
    if (!other) {
      count('row only theirs');
      continue;
    }
    for (const field of new Set([...Object.keys(row), ...Object.keys(other)])) {
      if (JSON.stringify(row[field]) !== JSON.stringify(other[field])) count(field);
    }
  }
  for (const _ of known) count('row only ours');
  return [...counts].map(([field, number]) => `${field} (${number})`);
}

function keyOf(row: Row, key: readonly string[]): string {
  return JSON.stringify(key.map((field) => row[field] ?? 0));
}
