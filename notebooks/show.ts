/** What notebooks show under the Deno kernel. */

/** One row an object; columns are those of the first. Whole numbers have their thousands apart. */
export async function showTable(
  rows: readonly Readonly<Record<string, string | number>>[],
): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const isNumber = (name: string): boolean => rows.every((row) => typeof row[name] === 'number');
  const text = [
    line(names),
    line(names.map((name) => (isNumber(name) ? '---:' : '---'))),
    ...rows.map((row) => line(names.map((name) => cellText(row[name]!)))),
  ].join('\n');
  await Deno.jupyter.display({ 'text/markdown': text, 'text/plain': text }, { raw: true });
}

/** A chart of `chartsOf`. */
export async function showChart(chart: { svg(): Promise<string> } | undefined): Promise<void> {
  if (!chart) throw new Error('the run has no data for this chart');
  await Deno.jupyter.display({ 'image/svg+xml': await chart.svg() }, { raw: true });
}

function cellText(value: string | number): string {
  if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 3 });
  // Bars part the columns of ids.
  return value.replaceAll('|', '\\|');
}
