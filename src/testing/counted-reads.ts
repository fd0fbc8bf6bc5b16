import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AccessCost, AccessMap } from '../access/mod.ts';
import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { takeInventory } from '../packers/inventory.ts';
import { memoryStore } from '../packers/store.ts';
import type { Tree } from '../trees/tree.ts';
import { type Counted, type CountedServer, KEEPERS, serveCounted } from './counted-server.ts';
import { imageIn } from './images.ts';
import {
  type OpenClient,
  openCasyncClient,
  openChunkedClient,
  openRootClient,
  type ReadingClient,
  type WantedFile,
} from './reading-clients.ts';
import { inDirectory } from './shell.ts';

export type ReadChain = readonly [name: string, chain: string, open: OpenClient];

/** Chains and the client of each, written by hand: a root, a table of contents, a catar. */
export const READ_CHAINS: readonly ReadChain[] = [
  ['per-file', 'files|fixed:size=4KiB|zstd:level=3|objects|get', openRootClient],
  [
    'zstd:chunked',
    'layer-files|fixed:size=4KiB|zstd:level=3|zstd-chunked|range',
    openChunkedClient,
  ],
  ['casync', 'catar|fastcdc:avg=1KiB|zstd:level=3|objects|get', openCasyncClient],
];

/** What a map tells and what a server counted of the same, for the server to be named by. */
export interface Compared {
  readonly keeper: string;
  readonly told: Counted;
  readonly counted: Counted;
}

/** Packs the tree, serves it by each of {@link KEEPERS}, and lets a client ask. */
export async function compareReads(
  tree: Tree,
  [, chain, open]: ReadChain,
  expected: (map: AccessMap) => AccessCost,
  ask: (client: ReadingClient, server: CountedServer) => Promise<void>,
): Promise<readonly Compared[]> {
  const compared: Compared[] = [];
  await inDirectory(async (folder) => {
    const image = imageIn(folder, 'i0', tree);
    const model = await createModel(chain);
    const packed = await model.pack(image, inline);
    const inventory = takeInventory('i0', model.id, packed);
    const store = async () => memoryStore(packed);
    const map = await AccessMap.of(model, image, inventory, inline, store);
    const { bytes, requests } = expected(map);
    for (const keeper of KEEPERS) {
      const own = join(folder, keeper);
      mkdirSync(own);
      const server = await serveCounted(packed, keeper, own);
      try {
        await ask(await open(server), server);
        compared.push({ keeper, told: { bytes, requests }, counted: await server.counted() });
      } finally {
        await server.stop();
      }
    }
  });
  return compared;
}

/** Reads, and throws where a wanted byte did not come or is another. @param contentOf by path */
export async function readAndCheck(
  client: ReadingClient,
  wanted: readonly WantedFile[],
  contentOf: (path: string) => Uint8Array,
): Promise<void> {
  const found = await client.read(wanted);
  for (const { path, ranges } of wanted) {
    if (ranges?.length === 0) continue;
    const content = contentOf(path);
    const missing = new Set<number>();
    for (const [offset, length] of ranges ?? [[0, content.length]]) {
      for (let at = offset; at < offset + length; at++) missing.add(at);
    }
    for (const { offset, bytes } of found.get(path) ?? []) {
      for (const [index, byte] of bytes.entries()) {
        if (byte !== content[offset + index])
          throw new Error(`${path} is another at ${offset + index}`);
        missing.delete(offset + index);
      }
    }
    if (missing.size > 0) throw new Error(`of ${path} ${missing.size} bytes did not come`);
  }
}
