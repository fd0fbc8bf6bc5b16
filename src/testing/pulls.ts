import { join } from 'node:path';
import type { Test } from 'uvu';
import type { FetchContext } from '../datasets/provider.ts';
import { type RegistrySource, registry } from '../datasets/registry.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { directorySuite, type InDirectory } from './directory.ts';
import { ManualClock } from './manual-clock.ts';
import { lackOfServers } from './needs.ts';
import { offlineContext } from './offline.ts';
import { ScriptedRegistry } from './registry.ts';

/** A scripted registry and a directory for each test, and what Docker's settings are read from put back. */
export interface PullContext extends InDirectory {
  server: ScriptedRegistry;
  environment: Readonly<Record<string, string | undefined>>;
}

export function pullSuite(name: string): Test<PullContext> {
  const test = directorySuite<PullContext>(name, lackOfServers());
  test.before.each(async (context) => {
    context.server = await new ScriptedRegistry().start();
    context.environment = {
      DOCKER_CONFIG: process.env['DOCKER_CONFIG'],
      PATH: process.env['PATH'],
    };
    process.env['DOCKER_CONFIG'] = join(context.directory, 'docker');
  });
  test.after.each(async ({ server, environment }) => {
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await server.stop();
  });
  return test;
}

/** Stands still but where a server holds on. */
export const clock: ManualClock = new ManualClock();

export function contextOf(directory: string): FetchContext {
  return { ...offlineContext(directory), fetch: globalThis.fetch, backoffMs: 0, clock };
}

export function sourceOf(reference: string, platform = 'linux/amd64'): RegistrySource {
  return { type: 'registry', reference, platform };
}

/** Pins and fetches, as the first run of a dataset does. */
export async function pull(directory: string, source: RegistrySource): Promise<ImageDescriptor> {
  const context = contextOf(directory);
  const pins = await registry.pin!(source, { id: 'x' }, context);
  return registry.fetch(source, { id: 'x' }, pins, context);
}
