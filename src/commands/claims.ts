import { readFileSync } from 'node:fs';
import { SERIES_DATASETS, SHORT_SERIES } from '../../bench/claims/chains.ts';
import { type ClaimsFile, changesIn, parseClaims } from '../../bench/claims/check.ts';
import { type Claim, noCase } from '../../bench/claims/claim.ts';
import { detailLines } from '../../bench/claims/details.ts';
import { measureClaims, OUT } from '../../bench/claims/measure.ts';
import { claims } from '../../bench/claims/mod.ts';
import { pagesOf } from '../../bench/claims/pages.ts';
import { type ClaimRow, countsText, rowOf, tableOf } from '../../bench/claims/rows.ts';
import { experiments } from '../../bench/mod.ts';
import { isThere } from '../datasets/inputs.ts';
import { datasetNames } from '../datasets/mod.ts';
import { BenchError, storageError, UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import { nearest } from '../ids.ts';
import { contextOf, pin } from '../library.ts';
import { listed } from '../listed.ts';
import { METHOD } from '../method.ts';
import { shownPath } from '../progress.ts';
import { projectPackage } from '../project.ts';
import { placeOf } from '../report/claims/told.ts';
import { writeClaimPages } from '../report/claims/write.ts';
import { quote } from '../report/reproduce.ts';
import {
  columns,
  type Details,
  EXIT,
  type Io,
  type Words,
  workerCount,
  workersOption,
} from './command.ts';
import { datasetOptions, platformOf, platformOption, surroundingsOf } from './context.ts';
import { createProgress, printable } from './progress.ts';

/** What the words ask for. */
interface Asked {
  readonly claims: readonly Claim[];
  /** Words of each dataset, and the claims judged on it. */
  readonly judged: readonly {
    readonly dataset: readonly string[];
    readonly claims: readonly Claim[];
  }[];
}

export const claimsCommand: Details = {
  usage: '[ID]… [--dataset NAME | --dataset PATH [PATH]…] [--check FILE] [--pages DIR] [--json]',
  options: [
    {
      name: 'dataset',
      value: 'NAME',
      multiple: true,
      description:
        'judge on these: names, or images on disk as one series (default: those that decide each claim)',
    },
    platformOption,
    { name: 'image', value: 'ID', multiple: true, description: 'only these images of the dataset' },
    {
      name: 'check',
      value: 'FILE',
      description:
        'compare with what --json wrote: exit code 1 where a verdict, or a figure beyond its resolution, is another',
    },
    { name: 'cases', description: 'who says it, and every case that a verdict was made from' },
    {
      name: 'pages',
      value: 'DIR',
      description: 'write a page a claim there, as Markdown with a chart beside it, and an index',
    },
    { name: 'json', description: 'print the rows as JSON' },
    {
      name: 'out',
      value: 'DIR',
      description: 'where runs are kept, one a dataset (default reports/claims)',
    },
    { name: 'fresh', description: 'measure everything anew' },
    workersOption,
    ...datasetOptions,
  ],
  examples: [
    ['claims C08 C10 C29', 'three claims on the datasets that decide them'],
    ['claims C06 --dataset a.tar b.tar', 'one claim on your own images'],
    ['claims C16-slower --cases', 'who says it, and every case'],
    ['claims --dataset debian-updates --json > claims.json', 'all claims of one dataset, as JSON'],
    [
      'claims --dataset debian-updates --check claims.json',
      'exit code 1 where a verdict is another now',
    ],
  ],
  async run(words, io) {
    const asked = readAsked(words);
    const file = words.text('check');
    const known = file === undefined ? undefined : parseClaims(textOf(file), file, METHOD);
    const rows: ClaimRow[] = [];
    for (const one of asked.judged) rows.push(...(await rowsOf(one, words, io)));
    const order = asked.claims.map(({ id }) => id);
    rows.sort((a, b) => order.indexOf(a.claim) - order.indexOf(b.claim));
    const pages = words.text('pages');
    if (pages !== undefined) await writePages(rows, pages, words, io);
    tell(rows, words, io);
    return known ? compare(known, rows, asked, io) : EXIT['fine']!;
  },
};

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw storageError(error, file);
  }
}

async function rowsOf(
  { dataset, claims: own }: Asked['judged'][number],
  words: Words,
  io: Io,
): Promise<readonly ClaimRow[]> {
  const progress = createProgress(io);
  const surroundings = surroundingsOf(words, io, progress);
  const [platform, out] = [platformOf(words), words.text('out')];
  const options = {
    dataset,
    workers: workerCount(words),
    fresh: words.flag('fresh'),
    hasCases: words.flag('cases') || words.text('pages') !== undefined,
    images: words.texts('image'),
    ...(platform === undefined ? {} : { platform }),
    ...(out === undefined ? {} : { out }),
  };
  const isAsked = words.texts('dataset').length > 0;
  try {
    return await measureClaims(own, options, {
      progress,
      prepare: (one) => pin(one, surroundings),
      contextOf: (one) => contextOf(one, surroundings),
    });
  } catch (error) {
    // One dataset of several that cannot be had leaves the others.
    if (isAsked || io.signal.aborted || !(error instanceof BenchError)) throw error;
    const why = `${dataset.join(' ')} is not to be had here: ${error.message}`;
    return own.map((claim) => rowOf(claim, dataset.join(' '), noCase(claim, why), undefined));
  } finally {
    progress.end();
  }
}

async function writePages(
  rows: readonly ClaimRow[],
  directory: string,
  words: Words,
  io: Io,
): Promise<void> {
  const named = words.texts('dataset');
  const images = words.positionals.filter((word) => !isClaim(word));
  const datasets = named.flatMap((one) => ['--dataset', one]);
  const chosen = words.texts('image').flatMap((one) => ['--image', one]);
  const platform = words.text('platform');
  const pages = pagesOf(rows, {
    directories: { pages: directory, out: words.text('out') ?? OUT },
    named: [
      ...datasets,
      ...images,
      ...chosen,
      ...(platform === undefined ? [] : ['--platform', platform]),
    ]
      .map(quote)
      .join(' '),
  });
  const paths = await writeClaimPages(directory, pages);
  io.err(`${plural(pages.length, 'page')} → ${shownPath(paths[0]!)}\n`);
}

function tell(rows: readonly ClaimRow[], words: Words, io: Io): void {
  if (words.flag('json')) {
    const file: ClaimsFile = { method: METHOD, version: projectPackage().version ?? '', rows };
    io.out(`${JSON.stringify(file, undefined, 2)}\n`);
    return;
  }
  io.out(`${columns(tableOf(rows)).map(printable).join('\n')}\n`);
  for (const row of words.flag('cases') ? rows : []) {
    const claim = claims.find(({ id }) => id === row.claim)!;
    io.out(`\n${detailLines(claim, row).map(printable).join('\n')}\n`);
  }
  const remarks = rows.flatMap((row) =>
    row.remark === undefined ? [] : [`  ${row.claim} on ${placeOf(row)}: ${row.remark}`],
  );
  if (remarks.length > 0) io.out(`\n${remarks.join('\n')}\n`);
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
  io.out(`\n  ${countsText(rows)}\n`);
  io.out(`  ${listed(datasets)}; ocibench ${projectPackage().version}, method ${METHOD}\n`);
}

function compare(known: ClaimsFile, rows: readonly ClaimRow[], asked: Asked, io: Io): number {
  const ids = asked.claims.map(({ id }) => id);
  const changes = changesIn(
    known.rows.filter(({ claim }) => ids.includes(claim)),
    rows,
  );
  for (const line of changes) io.err(`${printable(line)}\n`);
  return EXIT[changes.length === 0 ? 'fine' : 'different']!;
}

/** Words that name claims come first; those after a dataset on disk are further images of its series. */
function readAsked(words: Words): Asked {
  const named = words.texts('dataset');
  const ids = words.positionals.filter((word) => isClaim(word));
  const images = words.positionals.filter((word) => !isClaim(word));
  const [stray] = named.length === 0 || named.length > 1 ? images : [];
  if (stray !== undefined) throw notKnown(stray);
  const chosen =
    ids.length === 0 ? claims : claims.filter(({ id }) => ids.some((one) => covers(one, id)));
  if (named.length === 0) {
    const datasets = [...new Set(chosen.flatMap((claim) => claim.datasets))];
    return {
      claims: chosen,
      judged: datasets.map((dataset) => ({
        dataset: [dataset],
        claims: chosen.filter((claim) => claim.datasets.includes(dataset)),
      })),
    };
  }
  const series = images.length > 0 ? [[...named, ...images]] : named.map((one) => [one]);
  return {
    claims: chosen,
    judged: series.map((dataset) => ({
      dataset,
      claims: ofDataset(chosen, dataset, ids.length > 0),
    })),
  };
}

/**
 * Of a dataset that some claims name, those; of any other all that its packings decide: what an experiment measures by itself
 * is of programs, servers or this machine, and says no more on other images.
 */
function ofDataset(
  chosen: readonly Claim[],
  dataset: readonly string[],
  isNamed: boolean,
): readonly Claim[] {
  const own = chosen.filter(({ datasets }) => decides(dataset[0]!, datasets));
  if (isNamed) return chosen;
  return own.length === 0 ? chosen.filter((claim) => !isMeasuredApart(claim)) : own;
}

function decides(dataset: string, datasets: readonly string[]): boolean {
  return (
    datasets.includes(dataset) ||
    (dataset === SHORT_SERIES && datasets.includes(SERIES_DATASETS[0]!))
  );
}

function isMeasuredApart({ experiment }: Claim): boolean {
  return experiments.some(({ name, timed }) => name === experiment && timed !== undefined);
}

function isClaim(word: string): boolean {
  return claims.some(({ id }) => covers(word, id));
}

/** `C08` asks for `C08-raw` as well. */
function covers(asked: string, id: string): boolean {
  return asked.toUpperCase() === id.toUpperCase() || asked.toUpperCase() === id.split('-')[0];
}

function notKnown(word: string): BenchError {
  const ids = claims.map(({ id }) => id);
  if (isThere(word) || datasetNames().includes(word)) {
    return new UsageError(`'${word}' is no claim`, {}, `bench claims --dataset ${word}`);
  }
  const suggestion = nearest(word, ids);
  return new UsageError(
    `'${word}' is no claim`,
    {},
    suggestion ? `did you mean '${suggestion}'?` : `known: ${listed(ids)}; see bench list claims`,
  );
}
