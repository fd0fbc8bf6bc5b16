import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeArtefact } from '../../../src/models/artefact.ts';
import { inline } from '../../../src/objects/executor.ts';
import type { Packed } from '../../../src/packers/packer.ts';
import { makeScratch } from '../../../src/scratch.ts';
import type { Endpoints } from './client.ts';
import { push } from './push.ts';
import { dockerRegistry, nginx, startServer } from './servers.ts';

/** Packed images on real servers: blobs in a registry, loose objects as static files. */
export interface ServedImages {
  /** Registry and file server: ports on 127.0.0.1, in the order that {@link endpoints} takes. */
  readonly ports: readonly [registry: number, store: number];
  /** Where to pull the image of this number, by way of these ports. */
  endpoints(number: number, ports: readonly number[]): Endpoints;
  stop(): Promise<void>;
}

/** Starts both servers in a temporary directory and pushes the images. */
export async function serveImages(images: readonly Packed[]): Promise<ServedImages> {
  const directory = makeScratch();
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(stops.map((one) => one()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const start = async (program: typeof nginx): Promise<number> => {
      const own = join(directory, program.name);
      mkdirSync(own);
      const server = await startServer(program, own);
      stops.push(server.stop);
      return server.port;
    };
    const ports = [await start(dockerRegistry), await start(nginx)] as const;
    for (const [number, packed] of images.entries()) {
      await push(packed, ports[0], repository(number));
      await writeArtefact(packed, join(directory, nginx.name, 'files', String(number)), inline);
    }
    return {
      ports,
      endpoints: (number, [registry = 0, store = 0]) => ({
        registry: { port: registry, path: `/v2/${repository(number)}/` },
        store: { port: store, path: `/${number}/objects/` },
      }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function repository(number: number): string {
  return `ocibench/image${number}`;
}
