import { existsSync } from 'node:fs';
import { BenchError, ClosedOutput, loadError, systemError, UsageError } from '../errors.ts';
import { findMember } from '../ids.ts';
import { projectPackage } from '../project.ts';
import { sweepScratch } from '../scratch.ts';
import {
  columns,
  type Details,
  EXIT,
  helpText,
  type Io,
  parseWords,
  type Verb,
} from './command.ts';
import { loadNamed } from './plugins.ts';
import { printable } from './progress.ts';
import { type Settings, settingsFile } from './settings-file.ts';

/** The verbs. To add one: a file under commands/, and a row here. */
const verbs: readonly Verb[] = [
  {
    name: 'run',
    summary:
      'Compares models on a dataset, or runs one experiment, and writes records, charts and a report.',
    example: ['run', 'the default comparison on the default Debian series'],
    details: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'merge',
    summary: 'Makes a run of the shards that `bench run --shard I/N` measured on any machines.',
    example: ['merge shards/* --out reports/apps', 'exact records equal those of the whole run'],
    details: async () => (await import('./merge.ts')).mergeCommand,
  },
  {
    name: 'compare',
    summary:
      'Says what the update from one image to another costs in each format, or what differs between two runs.',
    example: [
      'compare v1.tar v2.tar',
      'bytes and requests in each format, and the files that make them',
    ],
    details: async () => (await import('./compare.ts')).compareCommand,
  },
  {
    name: 'claims',
    summary: 'Judges the claims of the design debate: verdict, figure, bar, and where it flips.',
    example: ['claims C08', 'which chunk size is best, and up to what cost of a request'],
    details: async () => (await import('./claims.ts')).claimsCommand,
  },
  {
    name: 'list',
    summary: 'Lists what there is to choose from.',
    example: ['list', 'everything'],
    details: async () => (await import('./list.ts')).listCommand,
  },
  {
    name: 'plan',
    summary:
      'Shows what `bench run` with the same arguments would fetch and measure, and how long it takes; fetches nothing.',
    example: ['plan', 'the default comparison: MB to fetch, cells, minutes, disk'],
    details: async () => (await import('./plan.ts')).planCommand,
  },
  {
    name: 'dataset',
    summary: 'Fetches a dataset into the cache, shows what is in it, pins it anew, or adds images.',
    example: [
      'dataset show',
      'what the default dataset is, why it was chosen, and what its images hold',
    ],
    details: async () => (await import('./dataset.ts')).datasetCommand,
  },
  {
    name: 'cache',
    summary: 'Reads the cache again and drops what decayed, frees space, or says how large it is.',
    example: [
      'cache size',
      'files and bytes of blobs, partial downloads, results of cells and remembered facts',
    ],
    details: async () => (await import('./cache.ts')).cacheCommand,
  },
  {
    name: 'chunk',
    summary:
      'Cuts files and prints one chunk a line (offset, length, digest), or statistics of the chunks.',
    example: ['chunk layer.tar --chunker fastcdc:avg=64KiB', 'cut points and digests of a layer'],
    details: async () => (await import('./chunk.ts')).chunkCommand,
  },
  {
    name: 'trace',
    summary:
      'Writes every chunk of a dataset as Parquet tables, for DuckDB, Spark, ClickHouse, pandas.',
    example: [
      'trace --dataset debian-series --chunker fastcdc:avg=8KiB..64KiB --out trace',
      'four chunk sizes of five images',
    ],
    details: async () => (await import('./trace.ts')).traceCommand,
  },
  {
    name: 'sql',
    summary: 'Asks a chunk trace by SQL: dedup, growth, sharing, sizes, duplicates.',
    example: ['sql dedup --trace trace', 'unique bytes by chunker'],
    details: async () => (await import('./sql.ts')).sqlCommand,
  },
  {
    name: 'sketch',
    summary:
      'Samples the chunks of images, so that corpora which fit no machine are estimated with intervals.',
    example: [
      'sketch make --dataset debian-series --chunker fastcdc:avg=8KiB --out sketch.json',
      'a sample of five images',
    ],
    details: async () => (await import('./sketch.ts')).sketchCommand,
  },
  {
    name: 'pack',
    summary: 'Packs a directory, a tar, an OCI layout or a saved image as a model would store it.',
    example: [
      'pack rootfs.tar --model catar --out packed',
      'a chunk store that casync can extract',
    ],
    details: async () => (await import('./pack.ts')).packCommand,
  },
  {
    name: 'unpack',
    summary: 'Restores the tree that `bench pack` stored.',
    example: ['unpack packed --out rootfs', 'as files; owners and devices need root'],
    details: async () => (await import('./unpack.ts')).unpackCommand,
  },
  {
    name: 'explain',
    summary:
      'Says for every byte that an update transfers, and a registry stores, which path it is for, and why.',
    example: ['explain v1.tar v2.tar', 'which files and packages made the bytes of an update'],
    details: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'explore',
    summary:
      'Measures a grid of formats over all five axes: what each choice does, the Pareto front, and how presets get there.',
    example: ['explore --dataset debian-series', '1,700 chains on five images'],
    details: async () => (await import('./explore.ts')).exploreCommand,
  },
  {
    name: 'report',
    summary: 'Renders report.html, charts/*.svg, summary.csv and summary.md of a run again.',
    example: ['report reports/example', 'renders the example run'],
    details: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'export',
    summary: 'Prints the results of a run for another program.',
    example: ['export reports/example --format csv > results.csv', 'for a spreadsheet'],
    details: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'doctor',
    summary: 'Says what this machine has for measuring, and what each missing program would add.',
    example: ['doctor', 'runtime, load, cache, mirror, programs'],
    details: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'completion',
    summary: 'Prints completion of verbs, options and names for a shell.',
    example: ['completion bash > ~/.local/share/bash-completion/completions/bench', 'for bash'],
    details: async () => (await import('./completion.ts')).createCompletion(verbs),
  },
];

function overview(): string {
  return `${[
    'bench [VERB] …   measures container image formats',
    'bench            starts the default job, as `bench run` does',
    '',
    ...columns(verbs.map(({ name, summary }) => [name, summary])),
    '',
    'Examples:',
    ...columns(verbs.map(({ example: [line, does] }) => [`bench ${line}`, does])),
    '',
    'bench VERB --help says more, bench --version which version this is. --quiet leaves out progress and notes.',
    'Exit codes: 0 fine, 1 difference or failed cell, 2 usage (of compare also: nothing was compared), 130 interrupted by SIGINT, 143 by SIGTERM, 129 by SIGHUP.',
  ].join('\n')}\n`;
}

/** Runs one command line and returns its exit code; never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    checkArguments(args);
    sweepScratch();
    const [words, isQuiet] = withoutQuiet(args);
    return await dispatch(words, { ...io, isQuiet });
  } catch (error) {
    // Who interrupted knows, and is told by the thread that heard it.
    if (io.signal.aborted) return EXIT['interrupted']!;
    if (error instanceof ClosedOutput) return EXIT['fine']!;
    const told = systemError(error);
    if (told instanceof BenchError) {
      io.err(`${printable(told.toString())}\n`);
      return told.exitCode;
    }
    const text = told instanceof Error ? (told.stack ?? told.message) : String(told);
    io.err(`this is a bug in ocibench: ${text}\n`);
    return EXIT['different']!;
  }
}

/** Both runtimes read arguments as UTF-8, and put a replacement character for what is none: no file has that name. */
function checkArguments(args: readonly string[]): void {
  const wrong = args.find((arg) => arg.includes('\ufffd'));
  if (wrong === undefined) return;
  throw new UsageError(
    `the argument '${wrong}' is not UTF-8`,
    {},
    'rename the file, or name it by a link whose name is UTF-8',
  );
}

/** `--quiet` is of every verb; after `--` it is a name. */
function withoutQuiet(
  args: readonly string[],
): readonly [words: readonly string[], quiet: boolean] {
  const end = args.indexOf('--');
  const isQuiet = (arg: string, place: number): boolean =>
    arg === '--quiet' && (end < 0 || place < end);
  const words = args.filter((arg, place) => !isQuiet(arg, place));
  return [words, words.length < args.length];
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const wantsHelp = args.some((arg) => arg === '--help' || arg === '-h');
  const [verb = 'run'] = args;
  if (args[0] === 'help' || (wantsHelp && verb.startsWith('-'))) {
    io.out(overview());
    return EXIT['fine']!;
  }
  if (verb === '--version') {
    io.out(`ocibench ${projectPackage().version}\n`);
    return EXIT['fine']!;
  }
  const isNamed = !verb.startsWith('-');
  if (isNamed && verbs.every(({ name }) => name !== verb) && (await isImage(verb))) {
    if (args.filter((arg) => !arg.startsWith('-')).length > 1)
      return dispatch(['compare', ...args], io);
    const { quoted } = await import('../datasets/inputs.ts');
    const line = args.map(quoted).join(' ');
    throw new UsageError(`'${verb}' is a path, and no verb`, {}, `bench run ${line}`);
  }
  const chosen = findMember('verb', verbs, isNamed ? verb : 'run');
  const command = { ...chosen, ...(await detailsOf(chosen)) };
  if (wantsHelp) {
    io.out(helpText(command));
    return EXIT['fine']!;
  }
  const settings = await settingsOf();
  const words = parseWords(command, isNamed ? args.slice(1) : args, settings);
  await loadNamed(words);
  return command.run(words, settings['quiet'] === true ? { ...io, isQuiet: true } : io);
}

async function isImage(word: string): Promise<boolean> {
  if (existsSync(word)) return true;
  // What can be no reference loads nothing: most words are verbs that were mistyped.
  if (!/[:@]/.test(word)) return false;
  return (await import('../datasets/place.ts')).isReferenceWord(word);
}

async function settingsOf(): Promise<Settings> {
  const file = settingsFile();
  return file === undefined ? {} : (await import('./settings.ts')).readSettings(file);
}

async function detailsOf({ details }: Verb): Promise<Details> {
  try {
    return await details();
  } catch (error) {
    throw loadError(error);
  }
}
