import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareReads, READ_CHAINS, readAndCheck } from '../../src/testing/counted-reads.ts';
import { lackOfCountedServers } from '../../src/testing/counted-server.ts';
import { lackOfServers, unless } from '../../src/testing/needs.ts';
import { noise } from '../../src/testing/noise.ts';
import { sketchTree } from '../../src/testing/trees.ts';
import { wantedOf } from './measure.ts';
import type { StartAccess } from './starts.ts';

/** Clients written by hand replay a start against nginx and docker-registry; what nginx says it sent is what is told. */

const contents: Readonly<Record<string, Uint8Array>> = {
  'lib/c': noise(50_000, 1),
  'lib/m': noise(20_000, 2),
  'lib/x': noise(9000, 3),
  conf: noise(300, 4),
  run: noise(30_000, 5),
};

const tree = sketchTree({
  lib: { type: 'directory' },
  ...Object.fromEntries(Object.entries(contents).map(([path, content]) => [path, { content }])),
});

const accesses: readonly StartAccess[] = [
  {
    path: '/run',
    ranges: [
      [0, 64],
      [8192, 4096],
    ],
  },
  { path: '/lib', ranges: [] },
  // The last byte of one chunk and the first of the next.
  { path: '/lib/c', ranges: [[20_479, 2]], mapped: true },
  { path: '/lib/m', ranges: [[0, 20_000]] },
  { path: '/lib/x', ranges: [] },
  { path: '/conf', ranges: [[0, 300]] },
];

const served = unless(test, lackOfServers(), lackOfCountedServers());

for (const chain of READ_CHAINS) {
  served(`13 a start by ${chain[0]} takes the bytes and requests that are told`, async () => {
    const compared = await compareReads(
      tree,
      chain,
      (map) => map.read(wantedOf({ accesses }), { configuration: true }),
      async (client, { manifest, blob }) => {
        await blob(manifest.config.digest);
        const wanted = accesses.map(({ path, ranges }) => ({ path: path.slice(1), ranges }));
        await readAndCheck(client, wanted, (path) => contents[path]!);
      },
    );
    const all = Object.values(contents).reduce((sum, { length }) => sum + length, 0);
    for (const { keeper, counted, told } of compared) {
      assert.equal(counted, told, keeper);
      assert.ok(told.requests > 5 && told.bytes < all, `${told.requests} ${told.bytes}`);
    }
  });
}

test.run();
