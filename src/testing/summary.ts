import type { Outcome } from './files.ts';

/** What the runner prints, line by line. */

export function lineOf({ file, passed, failed, skipped, seconds }: Outcome, width: number): string {
  const counts = [
    `${String(passed).padStart(4)} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
  ];
  const word = failed > 0 ? 'FAILED' : 'ok';
  return `${word.padEnd(6)}  ${file.name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s ${counts.join(', ')}`;
}

/** Every failure in full, and what its file printed. */
export function detailsOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes
    .filter(({ failed }) => failed > 0)
    .flatMap(({ file, failed, errors, output }) => {
      const printed = output.trim();
      return [
        '',
        `FAILED  ${file.name}: ${failed}`,
        ...errors.map((text) => text.trimEnd()),
        ...(printed === '' ? [] : ['  printed:', printed.replace(/^/gm, '    ')]),
      ];
    });
}

/** Each reason once, with how many tests it concerns and where: `skipped  3  zstd is not installed (src/codecs/read.test.ts)`. */
export function skipsOf(outcomes: readonly Outcome[]): readonly string[] {
  const reasons = new Map<string, { count: number; readonly files: Set<string> }>();
  for (const { file, skipped } of outcomes) {
    for (const reason of skipped) {
      const known = reasons.get(reason) ?? { count: 0, files: new Set() };
      known.count++;
      known.files.add(file.name);
      reasons.set(reason, known);
    }
  }
  const lines = [...reasons]
    .toSorted(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
    .map(([reason, { count, files }]) => {
      const [first, ...more] = [...files];
      const where = more.length > 0 ? `${first} and ${more.length} more` : first;
      return `skipped ${String(count).padStart(4)}  ${reason.replaceAll('\n', ' ')} (${where})`;
    });
  return lines.length > 0 ? ['', ...lines] : [];
}

export function closingOf(outcomes: readonly Outcome[]): string {
  const sum = (count: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const [passed, failed] = [sum((one) => one.passed), sum((one) => one.failed)];
  return `${passed} passed, ${failed} failed, ${sum((one) => one.skipped.length)} skipped`;
}
