import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareReads, READ_CHAINS, readAndCheck } from '../testing/counted-reads.ts';
import { lackOfCountedServers } from '../testing/counted-server.ts';
import { lackOfServers, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';

/**
 * Clients written by hand read packed images from nginx and docker-registry of the distribution; what nginx says it sent must
 * be what the map says.
 */

const directory: Sketch = { type: 'directory' };
const contents = new Map<string, Uint8Array>([
  ...Array.from(
    { length: 60 },
    (_, number) => [`f${number}`, noise(200 + 37 * number, number)] as const,
  ),
  ...Array.from(
    { length: 30 },
    (_, number) => [`usr/lib/l${number}`, noise(3000 + 101 * number, 100 + number)] as const,
  ),
  ['usr/share/text', noise(20_000, 999)],
]);
const files = (pattern: RegExp): Readonly<Record<string, Sketch>> =>
  Object.fromEntries(
    [...contents]
      .filter(([path]) => pattern.test(path))
      .map(([path, content]) => [path, { content }]),
  );

const tree = sketchTree({
  ...files(/^f/),
  link: { type: 'symlink', target: 'usr/lib/l3' },
  usr: directory,
  'usr/lib': directory,
  ...files(/^usr\/lib/),
  'usr/share': directory,
  ...files(/^usr\/share/),
});
const paths = tree.entries.map(({ path }) => path).filter(Boolean);
const contentOf = (path: string): Uint8Array => contents.get(path)!;

const served = unless(test, lackOfServers(), lackOfCountedServers());

for (const chain of READ_CHAINS) {
  const [name] = chain;

  served(`13 ${name}: all paths, by nginx and docker-registry`, async () => {
    const compared = await compareReads(
      tree,
      chain,
      (map) => map.list(),
      async (client) => assert.equal([...(await client.list())].sort(), [...paths].sort()),
    );
    for (const { keeper, counted, told } of compared) assert.equal(counted, told, keeper);
  });

  for (const wanted of [
    ['usr/lib/l17'],
    ['f7', 'f50', 'usr/lib/l3', 'usr/lib/l20', 'usr/share/text'],
  ]) {
    served(`13 ${name}: contents of ${wanted.length}, by nginx and docker-registry`, async () => {
      const accesses = wanted.map((path) => ({ path }));
      const compared = await compareReads(
        tree,
        chain,
        (map) => map.read(accesses, { isProven: true }),
        (client) => readAndCheck(client, accesses, contentOf),
      );
      for (const { keeper, counted, told } of compared) assert.equal(counted, told, keeper);
    });
  }

  served(
    `13 ${name}: a file is proven, and another content is not, by nginx and docker-registry`,
    async () => {
      const path = 'usr/lib/l20';
      const other = contentOf(path).slice();
      other[2000]! ^= 1;
      const compared = await compareReads(
        tree,
        chain,
        (map) => map.prove([path]),
        async (client) => {
          assert.ok(await client.prove(path, contentOf(path)));
          assert.not.ok(await client.prove(path, other));
        },
      );
      for (const { keeper, counted, told } of compared) assert.equal(counted, told, keeper);
    },
  );
}

test.run();
