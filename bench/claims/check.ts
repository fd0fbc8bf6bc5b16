import * as z from 'zod';
import { InputError, UsageError } from '../../src/errors.ts';
import { formatNumber } from '../../src/format.ts';
import { placeOf } from '../../src/report/claims/told.ts';
import type { ClaimRow } from './rows.ts';

/** `bench claims --json`, and what `--check` compares with. */
export interface ClaimsFile {
  /** Version of the methodology. */
  readonly method: number;
  /** Of the program. */
  readonly version: string;
  readonly rows: readonly ClaimRow[];
}

const schema = z.looseObject({
  method: z.int(),
  version: z.string(),
  rows: z.array(
    z.looseObject({
      claim: z.string(),
      dataset: z.string(),
      kind: z.string(),
      verdict: z.string(),
      text: z.string(),
      figure: z.looseObject({ least: z.number(), median: z.number(), most: z.number() }).optional(),
      bar: z.looseObject({ resolution: z.number() }),
    }),
  ),
});

/** Throws an InputError for what `bench claims --json` did not write, or a UsageError for another method. */
export function parseClaims(text: string, file: string, method: number): ClaimsFile {
  const remedy = 'give a file that `bench claims --json` wrote';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError('is no JSON', { file }, remedy);
  }
  const { error, data } = schema.safeParse(value);
  if (error) {
    const [issue] = error.issues;
    throw new InputError(issue!.message, { file, field: issue!.path.join('.') }, remedy);
  }
  if (data.method !== method) {
    const what = `${file} was judged by method ${data.method}, this version has method ${method}`;
    throw new UsageError(what, {}, 'judge anew with --json');
  }
  return data as unknown as ClaimsFile;
}

/** What became another verdict, or a figure beyond its resolution; one line each, none where nothing did. */
export function changesIn(
  before: readonly ClaimRow[],
  now: readonly ClaimRow[],
): readonly string[] {
  const known = new Map(before.map((row) => [keyOf(row), row]));
  const found = new Map(now.map((row) => [keyOf(row), row]));
  return [
    ...now.flatMap((row) => {
      const old = known.get(keyOf(row));
      return old ? differences(old, row) : [`${nameOf(row)}: ${row.text}, not judged before`];
    }),
    ...before
      .filter((row) => !found.has(keyOf(row)))
      .map((row) => `${nameOf(row)}: ${row.text} before, not judged now`),
  ];
}

function differences(old: ClaimRow, row: ClaimRow): readonly string[] {
  if (old.text !== row.text) return [`${nameOf(row)}: ${old.text} became ${row.text}`];
  if (old.verdict !== row.verdict) {
    return [`${nameOf(row)}: ${old.verdict} became ${row.verdict}`];
  }
  const [was, is] = [old.figure, row.figure];
  if (!was || !is) return was === is ? [] : [`${nameOf(row)}: figure is there in one of both only`];
  return (['least', 'median', 'most'] as const)
    .filter((name) => Math.abs(was[name] - is[name]) > row.bar.resolution)
    .map(
      (name) =>
        `${nameOf(row)}: ${name} ${formatNumber(was[name], 4)} became ${formatNumber(is[name], 4)}`,
    );
}

/** Images of another digest are judged all the same: that they disagree is what is asked. */
function keyOf(row: Pick<ClaimRow, 'claim' | 'dataset' | 'kind'>): string {
  return `${row.claim} ${placeOf(row)}`;
}

function nameOf(row: ClaimRow): string {
  return keyOf(row);
}
