import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { scriptUrl } from '../../../src/workers/pool.ts';
import type { ShapedLink, Traffic } from './proxy.ts';
import type { LinkInput } from './proxy-worker.ts';

/** {@link openLink} in a thread of its own. */
export async function openLinkThread(
  link: LinkInput['link'],
  servers: readonly number[],
): Promise<ShapedLink> {
  const workerData: LinkInput = { link, servers };
  const worker = new Worker(scriptUrl('./proxy-worker', import.meta.url), { workerData });
  const [ports] = (await once(worker, 'message')) as [readonly number[]];
  return {
    ports,
    async traffic() {
      worker.postMessage('traffic');
      const [traffic] = (await once(worker, 'message')) as [Traffic];
      return traffic;
    },
    close: async () => void (await worker.terminate()),
  };
}
