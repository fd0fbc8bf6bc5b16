import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { tellClaims } from './claims.ts';
import type { Io } from './commands/command.ts';
import { ClosedOutput, storageError } from './errors.ts';
import type { FromThread, ThreadInput, ToThread } from './supervisor.ts';

/** The thread that a command works in; see supervisor.ts. */

const OUTPUT = 1;
const ERRORS = 2;
/** Milliseconds until a pipe that was full is asked again, where it is one that does not block. */
const RETRY_MS = 2;

const port = parentPort!;
const { args, isTerminal } = workerData as ThreadInput;
const controller = new AbortController();
const clock = new Int32Array(new SharedArrayBuffer(4));
let onInput: (message: Exclude<ToThread, string>) => void = () => {};

port.on('message', (message: ToThread) => {
  if (message === 'interrupt') controller.abort();
  else onInput(message);
});
tellClaims(post);

/** All of it, before anything else happens: a pipe must get the last line even when the process then ends. */
function write(descriptor: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done, bytes.length - done);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw error;
      Atomics.wait(clock, 0, 0, RETRY_MS);
    }
  }
}

async function* standardInput(): AsyncGenerator<Uint8Array> {
  for (;;) {
    const answer = new Promise<Exclude<ToThread, string>>((resolve) => {
      onInput = resolve;
    });
    post('read');
    const message = await answer;
    if ('inputError' in message) {
      const { message: text, code } = message.inputError;
      throw storageError(Object.assign(new Error(text), { code }), 'standard input');
    }
    if (message.input === undefined) return;
    yield message.input;
  }
}

function post(message: FromThread): void {
  port.postMessage(message);
}

const io: Io = {
  out(text) {
    try {
      write(OUTPUT, text);
    } catch (error) {
      // `bench … | head` closes the pipe early; that is no failure.
      if ((error as { code?: unknown }).code === 'EPIPE') throw new ClosedOutput();
      throw storageError(error, 'standard output');
    }
  },
  err(text) {
    // Where nobody listens to complaints there is nobody to complain to.
    try {
      write(ERRORS, text);
    } catch {}
  },
  input: standardInput,
  isTerminal,
  signal: controller.signal,
};

process.exit(await start());

/** The tree is loaded here: what a runtime says where it may open few files is no answer to a user. */
async function start(): Promise<number> {
  try {
    const { main } = await import('./commands/main.ts');
    return await main(args, io);
  } catch (error) {
    io.err(`${unloaded(error)}\n`);
    return 1;
  }
}

/** Node tells by a code, Deno by the words of the system. */
function unloaded(error: unknown): string {
  const { code, message, stack } = error as { code?: unknown; message?: string; stack?: string };
  const isShort =
    code === 'EMFILE' || code === 'ENFILE' || /os error 2[34]\b/.test(String(message));
  return isShort
    ? 'StorageError: too few files may be open to start — raise `ulimit -n`: 256 are enough'
    : `this is a bug in ocibench: ${stack ?? String(error)}`;
}
