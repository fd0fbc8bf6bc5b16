import { join, relative } from 'node:path';
import { METHOD } from '../../src/method.ts';
import { projectPackage } from '../../src/project.ts';
import { type ClaimPage, claimPage } from '../../src/report/claims/page.ts';
import type { Told, ToldClaim } from '../../src/report/claims/told.ts';
import { groupBy } from '../../src/report/group.ts';
import { quote } from '../../src/report/reproduce.ts';
import type { Run } from '../../src/results/read.ts';
import { barsInWords } from './bars.ts';
import type { Claim } from './claim.ts';
import { claims } from './mod.ts';
import type { ClaimRow } from './rows.ts';
import { judgeRun } from './run.ts';

export interface PagesOptions {
  /** Where the pages lie, and where the runs. */
  readonly directories?: { readonly pages: string; readonly out: string };
  /** Words of the command that named datasets: `--dataset a.tar b.tar`; empty where none did. */
  readonly named?: string;
}

/** A page for each claim that the rows are of, in their order. @param rows with their cases */
export function pagesOf(
  rows: readonly ClaimRow[],
  { directories, named = '' }: PagesOptions = {},
): readonly ClaimPage[] {
  const bars = barsInWords();
  const told: Told = {
    version: projectPackage().version ?? '',
    method: METHOD,
    recordsOf: ({ dataset, kind }) => {
      const row = rows.find((one) => one.dataset === dataset && one.kind === kind);
      if (!directories || row?.run === undefined) return undefined;
      const { pages, out } = directories;
      return relative(pages, join(out, row.run, 'records.jsonl'));
    },
  };
  return [...groupBy(rows, ({ claim }) => claim)].map(([id, own]) =>
    claimPage(
      toldClaim(claims.find((one) => one.id === id)!, bars, named),
      own.map((row) => ({ ...row, cases: row.cases ?? [] })),
      told,
    ),
  );
}

/** The claims that the records of a run decide. */
export async function claimPagesOf(run: Run): Promise<readonly ClaimPage[]> {
  const { id, named } = run.info.dataset;
  const words = ['--dataset', ...(named?.inputs ?? [id])].map(quote);
  return pagesOf(await judgeRun(run), { named: words.join(' ') });
}

function toldClaim(claim: Claim, bars: ReturnType<typeof barsInWords>, named: string): ToldClaim {
  const { id, packed = [], swept = [], experiment } = claim;
  const { compared = '', reason = '' } = bars.get(id) ?? {};
  const words = ['bench claims', id, named, '--cases'].filter(Boolean);
  return {
    ...claim,
    compared,
    reason,
    models: experiment === undefined ? [...packed, ...swept] : [],
    command: words.join(' '),
  };
}
