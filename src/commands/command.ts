import { availableParallelism } from 'node:os';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { BenchError, UsageError } from '../errors.ts';
import { nearest, parseSize } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Settings } from './settings-file.ts';

/** A verb of the command line, as the list of verbs has it: all else is loaded when it is asked for. */
export interface Verb {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** For the list of verbs, and the first of its own. */
  readonly example: Example;
  details(): Promise<Details>;
}

/** A command line after `bench `, and what it does. */
export type Example = readonly [line: string, does: string];

/** Words only; the work is done elsewhere. */
export interface Details {
  /** What follows the name: `FILE --chunker ID`. */
  readonly usage: string;
  /** Actions of the verb: its first word is one of them. */
  readonly actions?: readonly string[];
  readonly options: readonly Option[];
  /** More of them. */
  readonly examples: readonly Example[];
  run(words: Words, io: Io): Promise<number>;
}

export type Command = Omit<Verb, 'details'> & Details;

export interface Option {
  readonly name: string;
  readonly value?: string;
  /** The values that there are, where they are few. */
  readonly choices?: readonly string[];
  readonly multiple?: boolean;
  /** What to do instead of giving an option twice that takes one value. */
  readonly repeated?: string;
  readonly description: string;
}

/** Of a table of members, for an option or a verb that takes one of them. */
export function namesIn(members: readonly { readonly name: string }[]): readonly string[] {
  return members.map(({ name }) => name);
}

export const workersOption: Option = {
  name: 'workers',
  value: 'N',
  description: 'threads (default: all processors)',
};

export function workerCount(words: Words): number {
  return words.count('workers', availableParallelism(), 1, limits.workers);
}

/** The parsed command line. */
export interface Words {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  /** A whole number in a range, or the default. */
  count(name: string, standard: number, minimum: number, maximum: number): number;
  /** Bytes, from a size such as `20GiB`: of the option, else of the environment. */
  size(name: string, variable?: string): number | undefined;
}

/** Standard output carries data, standard error progress. */
export interface Io {
  /** Throws a StorageError where it cannot be written, {@link ClosedOutput} where nobody reads it. */
  out(text: string): void;
  err(text: string): void;
  /** What comes on standard input, once. */
  input(): AsyncIterable<Uint8Array>;
  readonly isTerminal: boolean;
  /** True where neither progress nor notes are wanted. */
  readonly isQuiet?: boolean;
  readonly signal: AbortSignal;
}

/** Exit codes of every verb; the thread that hears signals answers with 128 and the signal's number (supervisor.ts). */
export const EXIT: Readonly<Record<'fine' | 'different' | 'usage' | 'interrupted', number>> = {
  fine: 0,
  different: 1,
  usage: 2,
  interrupted: 130,
};

/**
 * What is read from a file that figures are held against. One that cannot be read is a wrong word of the command: exit code 1
 * would say that a figure is beyond what the file allows.
 */
export function asWord<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BenchError) || error instanceof UsageError) throw error;
    throw new UsageError(error.message, error.where, error.remedy, { cause: error });
  }
}

/** @param settings values of options that are not given; those that the command has not are passed over */
export function parseWords(
  command: Command,
  args: readonly string[],
  settings: Settings = {},
): Words {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const { name, value, multiple = false } of command.options) {
    options[name] = { type: value === undefined ? 'boolean' : 'string', multiple };
  }
  let parsed: ReturnType<typeof parseArgs>;
  try {
    const config = { options, allowPositionals: true, strict: true } as const;
    parsed = parseArgs({ ...config, args: joinNegative(command, args), tokens: true });
  } catch (error) {
    throw optionError(command, error as Error & { readonly code?: string });
  }
  checkGiven(command, parsed);
  const own = Object.entries(settings).filter(([name]) => Object.hasOwn(options, name));
  const values: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(own),
    ...parsed.values,
  };
  const text = (name: string): string | undefined => values[name] as string | undefined;
  return {
    positionals: parsed.positionals,
    text,
    texts: (name) => (values[name] as readonly string[] | undefined) ?? [],
    flag: (name) => values[name] === true,
    count(name, standard, minimum, maximum) {
      const given = text(name);
      if (given === undefined) return standard;
      const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      if (number >= minimum && number <= maximum) return number;
      throw new UsageError(
        `--${name} is '${given}'`,
        {},
        `give a number from ${minimum} to ${maximum}`,
      );
    },
    size(name, variable = '') {
      const given = text(name) ?? (process.env[variable] || undefined);
      if (given === undefined) return undefined;
      const bytes = parseSize(given);
      if (bytes !== undefined) return bytes;
      const source = text(name) === undefined ? variable : `--${name}`;
      throw new UsageError(`${source} is '${given}'`, {}, 'give a size such as 20GiB');
    },
  };
}

/** What the parser lets pass: it keeps the last of two values, and takes an empty one for a value. */
function checkGiven(command: Command, { tokens, positionals }: ReturnType<typeof parseArgs>): void {
  const seen = new Set<string>();
  for (const token of tokens ?? []) {
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    if (value === '')
      throw new UsageError(`--${name} is empty`, {}, `give a value, or leave it out`);
    const { multiple, repeated } = command.options.find((option) => option.name === name)!;
    if (seen.has(name) && multiple !== true) {
      throw new UsageError(`--${name} is given twice`, {}, repeated ?? 'give it once');
    }
    seen.add(name);
  }
  if (positionals.includes('')) {
    throw new UsageError('an argument is empty', {}, 'give a name, or leave it out');
  }
}

export function noPositionals({ positionals: [first] }: Words): void {
  if (first !== undefined) throw new UsageError(`unexpected '${first}'`, {}, 'leave it out');
}

/** The only positional, or a UsageError that says what is missing. */
export function onlyPositional(words: Words, what: string): string {
  const [first, ...rest] = words.positionals;
  if (first === undefined) throw new UsageError(`${what} is missing`, {}, `give ${what}`);
  if (rest.length > 0) throw new UsageError(`unexpected '${rest[0]}'`, {}, `give one ${what}`);
  return first;
}

export function required(words: Words, name: string): string {
  const value = words.text(name);
  if (value === undefined || value.length === 0)
    throw new UsageError(`--${name} is missing`, {}, `give --${name}`);
  return value;
}

export function helpText(command: Command): string {
  const options = command.options.map(
    ({ name, value, description }) =>
      [`--${name}${value === undefined ? '' : ` ${value}`}`, description] as const,
  );
  const lines = [
    `bench ${command.name} ${command.usage}`.trim(),
    '',
    command.summary,
    ...(options.length > 0 ? ['', 'Options:', ...columns(options)] : []),
    '',
    'Examples:',
    ...[command.example, ...command.examples].flatMap(([line, does]) => [
      `  bench ${line}`,
      `      ${does}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Columns of text, indented, each aligned at its left. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((text, column) => text.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
  );
}

/** `--repeat -1` gives a value, which its reader refuses by its range; the parser would take it for another option. */
function joinNegative({ options }: Command, args: readonly string[]): string[] {
  const takesValue = (arg: string | undefined): boolean =>
    options.some(({ name, value }) => value !== undefined && arg === `--${name}`);
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    const isEnded = joined.includes('--');
    if (!isEnded && /^-\d/.test(arg) && takesValue(before)) joined.push(`${joined.pop()}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

/** What the parser of the runtime found, in our words. */
function optionError(
  { name: verb, options }: Command,
  { code, message }: { readonly code?: string; readonly message: string },
): UsageError {
  const [, given = ''] = /'(?:-\w, )?(-[^' =]*)/.exec(message) ?? [];
  const option = options.find(({ name }) => given === `--${name}`);
  const help = `see bench ${verb} --help`;
  if (option?.value !== undefined) {
    return new UsageError(`${given} has no value`, {}, `give ${given} ${option.value}`);
  }
  if (option) return new UsageError(`${given} takes no value`, {}, `give ${given} alone`);
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return new UsageError(message, {}, help);
  const names = options.map(({ name }) => `--${name}`);
  const suggestion = nearest(given, [...names, '--quiet', '--help']);
  const remedy = suggestion ? `did you mean '${suggestion}'?` : help;
  return new UsageError(`bench ${verb} has no option ${given}`, {}, remedy);
}
