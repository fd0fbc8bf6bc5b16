import { existsSync } from 'node:fs';
import { quoted } from '../datasets/inputs.ts';
import { BenchError, ClosedOutput, systemError, UsageError } from '../errors.ts';
import { findMember } from '../ids.ts';
import { sweepScratch } from '../scratch.ts';
import { cacheCommand } from './cache.ts';
import { chunkCommand } from './chunk.ts';
import { type Command, columns, EXIT, helpText, type Io, parseWords } from './command.ts';
import { datasetCommand } from './dataset.ts';
import { exportCommand } from './export.ts';
import { listCommand } from './list.ts';
import { packCommand } from './pack.ts';
import { planCommand } from './plan.ts';
import { loadNamed } from './plugins.ts';
import { printable } from './progress.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { unpackCommand } from './unpack.ts';

/** The verbs. To add one: a file under commands/, and its name here. */
const commands: readonly Command[] = [
  runCommand,
  listCommand,
  planCommand,
  datasetCommand,
  cacheCommand,
  chunkCommand,
  packCommand,
  unpackCommand,
  reportCommand,
  exportCommand,
];

function overview(): string {
  const verbs = commands.map(({ name, summary }) => [name, summary] as const);
  const examples = commands.flatMap((command) => command.examples.slice(0, 1));
  return `${[
    'bench [VERB] …   measures container image formats',
    'bench            starts the default job, as `bench run` does',
    '',
    ...columns(verbs),
    '',
    'Examples:',
    ...columns(examples.map(([line, does]) => [`bench ${line}`, does])),
    '',
    'bench VERB --help says more. Exit codes: 0 fine, 1 difference or failed cell, 2 usage,',
    '130 interrupted by SIGINT, 143 by SIGTERM, 129 by SIGHUP.',
  ].join('\n')}\n`;
}

/** Runs one command line and returns its exit code; never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    checkArguments(args);
    sweepScratch();
    return await dispatch(args, io);
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

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const wantsHelp = args.some((arg) => arg === '--help' || arg === '-h');
  const [verb = 'run'] = args;
  if (args[0] === 'help' || (wantsHelp && verb.startsWith('-'))) {
    io.out(overview());
    return EXIT['fine']!;
  }
  const isNamed = !verb.startsWith('-');
  if (isNamed && commands.every(({ name }) => name !== verb) && existsSync(verb)) {
    const line = args.map(quoted).join(' ');
    throw new UsageError(`'${verb}' is a path, and no verb`, {}, `bench run ${line}`);
  }
  const command = isNamed ? findMember('verb', commands, verb) : runCommand;
  if (wantsHelp) {
    io.out(helpText(command));
    return EXIT['fine']!;
  }
  const words = parseWords(command, isNamed ? args.slice(1) : args);
  await loadNamed(words);
  return command.run(words, io);
}
