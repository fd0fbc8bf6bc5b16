import { join } from 'node:path';
import { issueOf } from '../../bench/claims/pages.ts';
import { UsageError } from '../errors.ts';
import { findMember } from '../ids.ts';
import { shownPath } from '../progress.ts';
import { EXPORT_FORMATS, exportRun } from '../report/export.ts';
import { CHART_THEMES, chartFiles, exportParquet } from '../report/papers.ts';
import { checkMeasured } from '../results/read.ts';
import { checkNewDirectory, checkNewFile } from '../targets.ts';
import { writeInto, writeNew } from '../write-whole.ts';
import { type Details, EXIT, type Io, namesIn, onlyPositional, type Words } from './command.ts';
import { noteTo } from './inputs.ts';
import { pluginOption } from './plugins.ts';

/** Not text for standard output: each is written where `--out` says. */
const FILE_FORMATS = [{ name: 'parquet' }, { name: 'charts' }] as const;
const FORMATS = [...EXPORT_FORMATS, ...FILE_FORMATS];

export const exportCommand: Details = {
  usage:
    'DIR --format (csv|md|json|latex|vega) | DIR [CLAIM] --format issue | DIR --format (parquet|charts) --out NEW',
  options: [
    {
      name: 'format',
      value: 'NAME',
      choices: namesIn(FORMATS),
      description:
        'csv (default), md, json, latex (tables with captions), vega (Vega-Lite specifications by chart), issue (2 kB of Markdown to paste, of the run or of one claim), parquet (one row a record) or charts (every chart as SVG, Vega-Lite and caption)',
    },
    {
      name: 'out',
      value: 'NEW',
      description: 'a new file for parquet, a new directory for charts',
    },
    {
      name: 'theme',
      value: 'NAME',
      choices: namesIn(CHART_THEMES),
      description: 'of charts: page (default), or paper: black on white, for a column of print',
    },
    pluginOption,
  ],
  examples: [
    ['export reports/example --format md', 'for a specification'],
    ['export reports/example C01 --format issue', 'one claim on this run, for an issue'],
    ['export reports/example --format parquet --out records.parquet', 'for DuckDB, pandas, R'],
    ['export reports/example --format charts --theme paper --out figures', 'for a paper'],
  ],
  async run(words, io) {
    const format = findMember('format', FORMATS, words.text('format') ?? 'csv').name;
    const [directory, claim] = givenOf(words, format);
    const out = words.text('out');
    checkThemed(format, words);
    if (format === 'parquet' || format === 'charts') {
      await writeFiles(format, directory, out, words, io);
      return EXIT['fine']!;
    }
    if (out !== undefined) {
      const hint = 'redirect standard output, or leave it out';
      throw new UsageError(`--out has no effect on --format ${format}`, {}, hint);
    }
    checkMeasured(directory);
    io.out(
      claim === undefined
        ? await exportRun(directory, format, noteTo(io))
        : await issueOf(directory, claim, noteTo(io)),
    );
    return EXIT['fine']!;
  },
};

/** A run directory, and of an issue perhaps a claim. */
function givenOf(words: Words, format: string): readonly [directory: string, claim?: string] {
  const [directory, claim, ...rest] = words.positionals;
  if (format !== 'issue' || claim === undefined || rest.length > 0) {
    return [onlyPositional(words, 'DIR')];
  }
  return [directory!, claim];
}

function checkThemed(format: string, words: Words): void {
  if (words.text('theme') === undefined || format === 'charts') return;
  const hint = 'add --format charts, or leave it out';
  throw new UsageError(`--theme has no effect on --format ${format}`, {}, hint);
}

async function writeFiles(
  format: (typeof FILE_FORMATS)[number]['name'],
  directory: string,
  out: string | undefined,
  words: Words,
  io: Io,
): Promise<void> {
  const what = format === 'parquet' ? 'a new file' : 'a new directory';
  if (out === undefined) {
    throw new UsageError(`--format ${format} needs --out`, {}, `add --out with ${what}`);
  }
  const theme = findMember('theme', CHART_THEMES, words.text('theme') ?? 'page').name;
  checkMeasured(directory);
  if (format === 'parquet') {
    checkNewFile(out);
    writeNew(out, [await exportParquet(directory, noteTo(io))]);
  } else {
    checkNewDirectory(out);
    const files = await chartFiles(directory, theme, noteTo(io));
    writeInto(
      out,
      files.map(([name, text]) => [join(out, name), text] as const),
    );
  }
  io.out(`${shownPath(out)}\n`);
}
