import { parentPort, workerData } from 'node:worker_threads';
import { tellClaims } from './claims.ts';
import type { Io } from './commands/command.ts';
import { BenchError, loadError, storageError } from './errors.ts';
import { writeErrors, writeOutput } from './output.ts';
import type { FromThread, ThreadInput, ToThread } from './supervisor.ts';

/** The thread that a command works in; see supervisor.ts. */

const port = parentPort!;
const { args, isTerminal, isForced } = workerData as ThreadInput;
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
  err: (text) => {
    if (Atomics.load(isForced, 0) === 0) writeErrors(text);
  },
  input: standardInput,
  isTerminal,
  signal: controller.signal,
};

process.exit(await start());

/** The tree is loaded here, where what goes wrong can be told. */
async function start(): Promise<number> {
  try {
    const { main } = await import('./commands/main.ts');
    return await main(args, io);
  } catch (error) {
    const told = loadError(error);
    const text = told instanceof Error ? told.stack : String(told);
    io.err(told instanceof BenchError ? `${told}\n` : `this is a bug in ocibench: ${text}\n`);
    return 1;
  }
}
