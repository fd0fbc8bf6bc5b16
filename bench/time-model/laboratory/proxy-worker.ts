import { parentPort, workerData } from 'node:worker_threads';
import type { Link } from '../../../src/links/mod.ts';
import { takePrecedence } from './priority.ts';
import { openLink } from './proxy.ts';

/** A link in a thread of its own, so that neither the client's work nor its pauses change what the link does. */

export interface LinkInput {
  readonly link: Pick<Link, 'roundTripMs' | 'bandwidth'>;
  readonly servers: readonly number[];
}

takePrecedence();
const { link, servers } = workerData as LinkInput;
const shaped = await openLink(link, servers);
parentPort!.on('message', async () => parentPort!.postMessage(await shaped.traffic()));
parentPort!.postMessage(shaped.ports);
