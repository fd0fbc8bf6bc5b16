import { readFileSync } from 'node:fs';
import { type ClaimsFile, changesIn, parseClaims } from '../../bench/claims/check.ts';
import { noCase } from '../../bench/claims/claim.ts';
import { detailLines } from '../../bench/claims/details.ts';
import { type MeasureOptions, measureClaims, OUT } from '../../bench/claims/measure.ts';
import { claims } from '../../bench/claims/mod.ts';
import { pagesOf } from '../../bench/claims/pages.ts';
import { type ClaimRow, countsText, rowOf, tableOf } from '../../bench/claims/rows.ts';
import { openDataset } from '../datasets/mod.ts';
import { BenchError, locate, StorageError, storageError, UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import { contextOf, pin } from '../library.ts';
import { listed } from '../listed.ts';
import { METHOD } from '../method.ts';
import { chooseImages } from '../plan.ts';
import { type Progress, shownPath } from '../progress.ts';
import { projectPackage } from '../project.ts';
import { placeOf } from '../report/claims/told.ts';
import { checkClaimPages, writeClaimPages } from '../report/claims/write.ts';
import { quote } from '../report/reproduce.ts';
import { checkIsDirectory } from '../targets.ts';
import { type Asked, isClaim, readAsked } from './claims-asked.ts';
import {
  asWord,
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
    checkTargets(asked, words);
    const file = words.text('check');
    const known =
      file === undefined ? undefined : asWord(() => parseClaims(textOf(file), file, METHOD));
    const rows: ClaimRow[] = [];
    let failures = 0;
    for (const one of asked.judged) {
      const judged = await rowsOf(one, words, io);
      rows.push(...judged.rows);
      failures += judged.failures;
    }
    const order = asked.claims.map(({ id }) => id);
    rows.sort((a, b) => order.indexOf(a.claim) - order.indexOf(b.claim));
    const pages = words.text('pages');
    if (pages !== undefined) await writePages(rows, pages, words, io);
    tell(rows, words, io);
    const changes = known ? compare(known, rows, asked, io) : 0;
    if (failures > 0) {
      createProgress(io).note(
        `${plural(failures, 'failure')}, of cells, images or datasets: run again to retry them`,
      );
    }
    return EXIT[failures + changes === 0 ? 'fine' : 'different']!;
  },
};

/** Throws before anything is measured that takes minutes. */
function checkTargets({ judged }: Asked, words: Words): void {
  checkIsDirectory(words.text('out') ?? OUT);
  const pages = words.text('pages');
  if (pages === undefined) return;
  const ids = judged.flatMap((one) => one.claims.map(({ id }) => id));
  checkClaimPages(pages, [...new Set(ids)]);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw storageError(error, file);
  }
}

/** What a dataset came to. */
interface Judged {
  readonly rows: readonly ClaimRow[];
  /** Cells that failed, and images or datasets that could not be had. */
  readonly failures: number;
}

async function rowsOf(
  { dataset, claims: own }: Asked['judged'][number],
  words: Words,
  io: Io,
): Promise<Judged> {
  let failures = 0;
  const progress: Progress = {
    ...createProgress(io),
    failed(cells) {
      failures += cells;
    },
  };
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
    await checkImages(dataset, options);
    const rows = await measureClaims(own, options, {
      progress,
      prepare: (one) => pin(one, surroundings),
      contextOf: (one) => contextOf(one, surroundings),
    });
    return { rows, failures };
  } catch (error) {
    if (isAsked || io.signal.aborted || !isOfDataset(error)) {
      throw words.texts('dataset').length === 1 ? error : locate(error, { dataset: dataset[0]! });
    }
    const why = `${dataset.join(' ')} is not to be had here: ${error.message}`;
    const rows = own.map((claim) => rowOf(claim, dataset.join(' '), noCase(claim, why), undefined));
    return { rows, failures: failures + 1 };
  } finally {
    progress.end();
  }
}

/** An image that is not there would count as one that an experiment has no use for. */
async function checkImages(
  dataset: readonly string[],
  { images, platform }: Pick<MeasureOptions, 'images' | 'platform'>,
): Promise<void> {
  if (images === undefined || images.length === 0) return;
  chooseImages(await openDataset(dataset, { platform }), images);
}

/** One dataset of several that cannot be had leaves the others; words or a disk that are wrong would be so for all. */
function isOfDataset(error: unknown): error is BenchError {
  const isOfAll = error instanceof UsageError || error instanceof StorageError;
  return error instanceof BenchError && !isOfAll;
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
  const remarks = rows.flatMap((row) => {
    const told = [row.remark, row.leftOut].filter(Boolean).join(' ');
    return told === '' ? [] : [`  ${row.claim} on ${placeOf(row)}: ${told}`];
  });
  if (remarks.length > 0) io.out(`\n${remarks.join('\n')}\n`);
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
  io.out(`\n  ${countsText(rows)}\n`);
  io.out(`  ${listed(datasets)}; ocibench ${projectPackage().version}, method ${METHOD}\n`);
}

/** Tells what is another since, and returns how many changes there are. */
function compare(known: ClaimsFile, rows: readonly ClaimRow[], asked: Asked, io: Io): number {
  const ids = asked.claims.map(({ id }) => id);
  const changes = changesIn(
    known.rows.filter(({ claim }) => ids.includes(claim)),
    rows,
  );
  for (const line of changes) io.err(`${printable(line)}\n`);
  return changes.length;
}
