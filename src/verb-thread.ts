import { parentPort, workerData } from 'node:worker_threads';
import { tellClaims } from './claims.ts';
import type { Io } from './commands/command.ts';
import { storageError } from './errors.ts';
import { writeErrors, writeOutput } from './output.ts';
import type { FromThread, ThreadInput, ToThread } from './supervisor.ts';

/** The thread that a command works in; see supervisor.ts. */

const port = parentPort!;
const { args, isTerminal } = workerData as ThreadInput;
const controller = new AbortController();
let onInput: (message: Exclude<ToThread, string>) => void = () => {};

port.on('message', (message: ToThread) => {
  if (message === 'interrupt') controller.abort();
  else onInput(message);
});
tellClaims(post);

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
  out: writeOutput,
  err: writeErrors,
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
