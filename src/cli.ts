import { cacheCommand } from './commands/cache.ts';
import { chunkCommand } from './commands/chunk.ts';
import { type Command, columns, EXIT, helpText, type Io, parseWords } from './commands/command.ts';
import { datasetCommand } from './commands/dataset.ts';
import { exportCommand } from './commands/export.ts';
import { listCommand } from './commands/list.ts';
import { packCommand } from './commands/pack.ts';
import { planCommand } from './commands/plan.ts';
import { printable } from './commands/progress.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { unpackCommand } from './commands/unpack.ts';
import { BenchError, writeError } from './errors.ts';
import { findMember } from './ids.ts';
import { outputWriter, progressWriter } from './output.ts';
import { surviveSizeLimit } from './processes.ts';
import { endScratch, sweepScratch } from './scratch.ts';

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
  return `${[
    'bench [VERB] …   measures container image formats',
    '',
    ...columns(verbs),
    '',
    'bench VERB --help says more. Exit codes: 0 fine, 1 difference or failed cell, 2 usage, 130 interrupted.',
  ].join('\n')}\n`;
}

/** Runs one command line and returns its exit code; never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (io.signal.aborted) {
      io.err('\ninterrupted: what was measured is kept; run the same command to go on\n');
      return EXIT['interrupted']!;
    }
    if (error instanceof BenchError) {
      io.err(`${printable(error.toString())}\n`);
      return error.exitCode;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.err(`this is a bug in ocibench: ${text}\n`);
    return EXIT['different']!;
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const wantsHelp = args.some((arg) => arg === '--help' || arg === '-h');
  const [verb = 'run'] = args;
  if (args[0] === 'help' || (wantsHelp && verb.startsWith('-'))) {
    io.out(overview());
    return EXIT['fine']!;
  }
  const isNamed = !verb.startsWith('-');
  const command = isNamed ? findMember('verb', commands, verb) : runCommand;
  if (wantsHelp) {
    io.out(helpText(command));
    return EXIT['fine']!;
  }
  return command.run(parseWords(command, isNamed ? args.slice(1) : args), io);
}

surviveSizeLimit();
sweepScratch();
process.once('exit', () => endScratch());
const controller = new AbortController();
process.on('SIGINT', () => {
  // The second time the user means it.
  if (controller.signal.aborted) process.exit(EXIT['interrupted']);
  controller.abort();
});
process.on('SIGTERM', () => controller.abort());
// `bench … | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT['fine']);
  process.stderr.write(`${String(writeError(error, 'standard output'))}\n`);
  process.exit(EXIT['different']);
});
process.exitCode = await main(process.argv.slice(2), {
  out: outputWriter(process.stdout, 1, 'standard output'),
  err: progressWriter(process.stderr),
  isTerminal: process.stderr.isTTY === true,
  signal: controller.signal,
});
