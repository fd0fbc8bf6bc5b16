import { text } from 'node:stream/consumers';
import { toPlain } from '../errors.ts';
import { surviveSizeLimit } from '../processes.ts';
import type { Order, Reply } from './child.ts';
import { loadHanded } from './handed.ts';

/** Main function of a script that `runChild` runs. */
export async function answer<Input>(work: (input: Input) => Promise<unknown>): Promise<void> {
  surviveSizeLimit();
  let reply: Reply;
  try {
    const { input, plugins } = JSON.parse(await text(process.stdin)) as Order;
    await loadHanded(plugins);
    reply = { result: await work(input as Input) };
  } catch (error) {
    reply = { error: toPlain(error) };
    process.exitCode = 1;
  }
  process.stdout.write(JSON.stringify(reply));
}
