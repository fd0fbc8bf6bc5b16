import { join, relative } from 'node:path';
import { datasetNames, loadDataset } from '../../src/datasets/mod.ts';
import { UsageError } from '../../src/errors.ts';
import { findMember } from '../../src/ids.ts';
import { listed } from '../../src/listed.ts';
import { METHOD } from '../../src/method.ts';
import { resolveModels } from '../../src/models/mod.ts';
import { projectPackage } from '../../src/project.ts';
import { issueMarkdown } from '../../src/report/claims/issue.ts';
import { fittingPage } from '../../src/report/claims/markdown.ts';
import { type ClaimPage, claimPage } from '../../src/report/claims/page.ts';
import type { Told, ToldClaim } from '../../src/report/claims/told.ts';
import { groupBy } from '../../src/report/group.ts';
import { quote } from '../../src/report/reproduce.ts';
import { type Run, readRun } from '../../src/results/read.ts';
import { SERIES } from './axes.ts';
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
  return [...groupBy(rows, ({ claim }) => claim)].map(([id, own]) => {
    const told: Told = {
      version: projectPackage().version ?? '',
      method: METHOD,
      // Of this claim: a dataset has several runs, one for each experiment.
      recordsOf: ({ dataset, kind }) => {
        const row = own.find((one) => one.dataset === dataset && one.kind === kind);
        if (!directories || row?.run === undefined) return undefined;
        const { pages, out } = directories;
        return relative(pages, join(out, row.run, 'records.jsonl'));
      },
    };
    return fittingPage((fit) =>
      claimPage(
        toldClaim(claims.find((one) => one.id === id)!, bars, named),
        own.map((row) => ({ ...row, cases: row.cases ?? [] })),
        told,
        fit,
      ),
    );
  });
}

/** The claims that the records of a run decide. */
export async function claimPagesOf(run: Run): Promise<readonly ClaimPage[]> {
  return pagesOf(await judgeRun(run), { named: await namedBy(run) });
}

/**
 * A claim on a run, for an issue: at most 2 kB of Markdown. Throws a UsageError where there is no such claim, or nothing in
 * the run decides it.
 */
export async function issueOf(
  directory: string,
  name: string,
  note: (text: string) => void,
): Promise<string> {
  const claim = findMember(
    'claim',
    claims.map((one) => ({ ...one, name: one.id })),
    name.toUpperCase(),
  );
  const run = await readRun(directory);
  if (run.damage !== undefined) note(run.damage);
  const rows = (await judgeRun(run)).filter((row) => row.claim === claim.id);
  if (rows.length === 0) {
    const decided = [...new Set((await judgeRun(run)).map((row) => row.claim))];
    throw new UsageError(
      `nothing in ${directory} decides ${claim.id}`,
      {},
      decided.length === 0 ? `bench claims ${claim.id}` : `it decides ${listed(decided)}`,
    );
  }
  const told = claims.find(({ id }) => id === claim.id)!;
  return issueMarkdown(run, {
    claim: toldClaim(told, barsInWords(), await namedBy(run)),
    verdicts: rows.map((row) => ({ ...row, cases: row.cases ?? [] })),
    models: resolveModels([...(claim.packed ?? []), ...(claim.swept ?? [])]),
  });
}

/** Words that name what a run measured: its images too, unless they are known to be all of the dataset. */
async function namedBy({ info }: Run): Promise<string> {
  const { id, named } = info.dataset;
  const { inputs = [id], platform } = named ?? {};
  const images = (await isWhole(info, inputs)) ? [] : info.planned;
  return [
    '--dataset',
    ...inputs,
    ...(platform === undefined ? [] : ['--platform', platform]),
    ...images.flatMap((image) => ['--image', image]),
  ]
    .map(quote)
    .join(' ');
}

/** False also where it cannot be told: archives are not read again for it, and a manifest may have changed since. */
async function isWhole(
  { dataset, planned }: Run['info'],
  inputs: readonly string[],
): Promise<boolean> {
  const [only = ''] = inputs;
  const isManifest = datasetNames().includes(only) || only.endsWith('.json');
  if (inputs.length > 1 || !isManifest) return false;
  try {
    const { digest, images } = await loadDataset(only);
    return digest === dataset.digest && images.length === planned.length;
  } catch {
    return false;
  }
}

function toldClaim(claim: Claim, bars: ReturnType<typeof barsInWords>, named: string): ToldClaim {
  const { id, packed = [], swept = [], compares = [...packed, ...swept], experiment } = claim;
  const { compared = '', reason = '' } = bars.get(id) ?? {};
  const words = ['bench claims', id, named, '--cases'].filter(Boolean);
  return {
    ...claim,
    axes: [...claim.axes.filter(({ name }) => name !== SERIES.name), SERIES],
    compared,
    reason,
    models: experiment === undefined ? compares : [],
    command: words.join(' '),
  };
}
