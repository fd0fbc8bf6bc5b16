import { fstatSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type ClaimMessage, Claims } from './claims.ts';
import { StorageError, systemError } from './errors.ts';
import { writeErrors } from './output.ts';
import { READER_LIMITS, surviveSizeLimit, THREAD_LIMITS } from './processes.ts';
import { endScratch } from './scratch.ts';

/**
 * The main thread of the command line. The command itself works in a thread of its own, since a thread that is busy hears no
 * signal: this one does nothing else, ends the other when it must, and removes what that one left half-written.
 */

/** What the command is started with. */
export interface ThreadInput {
  readonly args: readonly string[];
  /** Of standard error. */
  readonly isTerminal: boolean;
  /** Shared; 1 once the command is ended by force: what it stumbles over then is no news. */
  readonly isForced: Int32Array;
}

/** From the command to this thread. */
export type FromThread = ClaimMessage | 'read';

/** To the command: end now, or what was read from standard input, undefined at its end. */
export type ToThread =
  | 'interrupt'
  | { readonly input: Uint8Array | undefined }
  | { readonly inputError: { readonly message: string; readonly code: unknown } };

/** 128 and the number of the signal, as shells answer. */
const EXIT_OF_SIGNAL: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
};

/** Commands that hold the records of whole runs. */
const READERS: ReadonlySet<string> = new Set(['claims', 'compare', 'export', 'report']);

/** Descriptor of standard input. */
const INPUT = 0;

/** Milliseconds in which a command that is not busy ends by itself and tidies up. */
const GRACE_MS = 250;
/** Milliseconds in which the runtime ends a busy thread; it cannot while a system call blocks. */
const TERMINATE_MS = 200;

/** Runs a command of these words in the thread of this script, and ends the process with its exit code. */
export function supervise(script: URL, args: readonly string[]): void {
  surviveSizeLimit();
  const claims = new Claims();
  let signal: NodeJS.Signals | undefined;
  let failure: unknown;

  const leave: (code: number) => never = (code) => {
    claims.settle();
    endScratch();
    process.exit(code);
  };
  const end = (code: number): void => {
    if (signal !== undefined) {
      say(interrupted(args));
      leave(EXIT_OF_SIGNAL[signal]!);
    }
    if (failure !== undefined) say(complaint(failure));
    leave(failure === undefined ? code : 1);
  };

  const isForced = new Int32Array(new SharedArrayBuffer(4));
  let worker: Worker;
  try {
    // Where it is gone, the runtime cannot start a thread either, and says so by a stack.
    process.cwd();
    const isTerminal = process.stderr.isTTY === true;
    const workerData: ThreadInput = { args, isTerminal, isForced };
    const resourceLimits = READERS.has(args.find((arg) => !arg.startsWith('-')) ?? '')
      ? READER_LIMITS
      : THREAD_LIMITS;
    worker = new Worker(script, { workerData, resourceLimits });
  } catch (error) {
    say(complaint(error));
    leave(1);
  }
  const stdin = createReader((message) => worker.postMessage(message));
  worker.on('message', (message: FromThread) => {
    if (message === 'read') stdin();
    else claims.hear(message);
  });
  worker.on('error', (error) => {
    failure = error;
  });
  worker.on('exit', end);

  /** For a thread that is busy, or waits for something that does not come. */
  const force = async (): Promise<void> => {
    Atomics.store(isForced, 0, 1);
    claims.lookBelow();
    const late = new Promise((resolve) => setTimeout(resolve, TERMINATE_MS, 'late'));
    if ((await Promise.race([worker.terminate(), late])) !== 'late') return end(1);
    // A thread that cannot be ended is ended with the process, which no exit code can be given then: the signal is it.
    say(interrupted(args));
    claims.settle();
    endScratch();
    process.removeAllListeners(signal!);
    process.kill(process.pid, signal!);
  };
  for (const name of Object.keys(EXIT_OF_SIGNAL) as NodeJS.Signals[]) {
    process.on(name, () => {
      // The second time the user means it.
      if (signal !== undefined) return void force();
      signal = name;
      worker.postMessage('interrupt' satisfies ToThread);
      setTimeout(() => void force(), GRACE_MS);
    });
  }
}

/** Reads standard input piece by piece, as the command asks for it: a thread that reads itself could not be ended. */
function createReader(post: (message: ToThread) => void): () => void {
  let pieces: AsyncIterator<Uint8Array> | undefined;
  return () => {
    // The runtime takes a directory for an empty file.
    if (isDirectory(INPUT)) {
      post({ inputError: { message: 'a directory', code: 'EISDIR' } });
      return;
    }
    pieces ??= process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    pieces.next().then(
      ({ value, done }) => post({ input: done ? undefined : new Uint8Array(value) }),
      (error: { message: string; code?: unknown }) =>
        post({ inputError: { message: error.message, code: error.code } }),
    );
  };
}

function isDirectory(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isDirectory();
  } catch {
    return false;
  }
}

function say(text: string): void {
  writeErrors(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${text}\n`);
}

function interrupted([verb = 'run']: readonly string[]): string {
  return verb === 'run' || verb.startsWith('-')
    ? 'interrupted: every finished cell is kept, repetitions of unfinished timings are not; run the same command to resume'
    : 'interrupted: nothing half-written is left';
}

/** Of a thread that could not begin, or did not end by itself. */
function complaint(error: unknown): string {
  const { code, message, stack } = error as { code?: string; message?: string; stack?: string };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return 'StorageError: the memory of the runtime is used up — set NODE_OPTIONS=--max-old-space-size=8192, or give smaller images';
  }
  if (code === 'ERR_WORKER_INIT_FAILED') {
    return `StorageError: no thread can be started: ${message} — raise \`ulimit -n\` and \`ulimit -u\``;
  }
  const told = systemError(error);
  if (told instanceof StorageError) return told.toString();
  return `this is a bug in ocibench: ${stack ?? message ?? String(error)}`;
}
