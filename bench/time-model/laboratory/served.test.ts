import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { adHocDataset, fetchImage } from '../../../src/datasets/mod.ts';
import type { FetchContext } from '../../../src/datasets/provider.ts';
import { Cache } from '../../../src/images/cache.ts';
import type { Image } from '../../../src/images/image.ts';
import { closeImage, openImage } from '../../../src/images/open.ts';
import { Holdings } from '../../../src/measures/holdings.ts';
import { createModel } from '../../../src/models/mod.ts';
import { inline } from '../../../src/objects/executor.ts';
import { takeInventory } from '../../../src/packers/inventory.ts';
import { absent, lackOfServers, unless } from '../../../src/testing/needs.ts';
import { noise } from '../../../src/testing/noise.ts';
import { until } from '../../../src/testing/until.ts';
import { scriptUrl } from '../../../src/workers/pool.ts';
import { pathOf, pull } from './client.ts';
import { askRanges } from './ranges.ts';
import { serveImages } from './served.ts';
import { dockerRegistry, lacking, nginx, startServer } from './servers.ts';
import { openLinkThread } from './thread.ts';
import { verifyPulled } from './verify.ts';

const test = suite<{ place: string }>('real servers');
test.before((context) => {
  context.place = mkdtempSync(join(tmpdir(), 'ocibench-served-test-'));
});
test.after(({ place }) => rmSync(place, { recursive: true }));

const missing = lacking([dockerRegistry, nginx]);
const onServers = unless(
  test,
  lackOfServers(),
  missing === undefined ? undefined : absent(missing),
);

/** A directory as an image. */
async function imageOf(
  place: string,
  name: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<Image> {
  const root = join(place, name);
  mkdirSync(root);
  for (const [path, bytes] of Object.entries(files)) writeFileSync(join(root, path), bytes);
  const dataset = await adHocDataset(root);
  const context: FetchContext = {
    cache: new Cache(join(place, 'cache')),
    fetch: () => Promise.reject(new Error('no network in this test')),
    baseDirectory: place,
    progress: () => {},
  };
  return openImage(await fetchImage(dataset, dataset.images[0]!.id, context));
}

/** Every way to ask: whole blobs, loose objects by generation, ranges alone or several in a request; indexes before, behind and beside. */
const MODELS = [
  'oci-gzip',
  'per-file',
  'catar',
  'catar|fastcdc:avg=4KiB|none|blob|range:gap=0',
  'catar|fastcdc:avg=4KiB|none|blob|range:gap=0,ranges=8',
  'files|fastcdc:avg=4KiB|none|packs:size=64KiB|get',
  'files|fastcdc:avg=4KiB|none|packs:size=64KiB|range',
  'ostree',
  'chunk-per-blob',
  'estargz',
  'zstd-chunked',
  'composefs-chunked',
  'layers|whole|delivered|ztoc:span=32KiB,least=0|range',
];

onServers('an update comes from docker-registry and nginx as it was packed', async ({ place }) => {
  const [large, small] = [noise(300_000, 1), noise(5000, 2)];
  const changed = large.slice();
  for (let offset = 0; offset < changed.length; offset += 60_000) changed[offset]! ^= 1;
  const older = await imageOf(place, 'older', { large, small });
  const newer = await imageOf(place, 'newer', { large: changed, small, more: noise(900, 3) });
  const updates = [];
  for (const id of MODELS) {
    const model = await createModel(id);
    const held = new Holdings();
    held.pull(takeInventory('older', id, await model.pack(older, inline)));
    const packed = await model.pack(newer, inline);
    updates.push({
      id,
      packed,
      transfer: model.transfer(takeInventory('newer', id, packed), held),
    });
  }
  for (const image of [older, newer]) closeImage(image);

  const served = await serveImages(updates.map(({ packed }) => packed));
  const link = await openLinkThread({ roundTripMs: 1, bandwidth: 1e9 }, served.ports);
  try {
    for (const [number, { id, packed, transfer }] of updates.entries()) {
      const before = await link.traffic();
      const { answers } = await pull(transfer.plan, served.endpoints(number, link.ports), 3);
      verifyPulled(transfer.plan, answers, packed);
      const came = (await link.traffic()).downBytes - before.downBytes;
      const bodies = transfer.contentBytes + transfer.metadataBytes;
      // Headers alone are not counted as bodies.
      const parts = transfer.plan.flat().flatMap(({ ranges = [] }) => ranges);
      const most = bodies + 1000 * transfer.requests + 300 * parts.length;
      assert.ok(came > bodies && came < most, `${id}: ${came} bytes came for ${bodies}`);
    }
    const several = updates.flatMap(({ transfer }) => transfer.plan.flat());
    assert.ok(several.some(({ ranges = [] }) => ranges.length > 1));
  } finally {
    await link.close();
    await served.stop();
  }
});

onServers('what servers answer to ranges', async ({ place }) => {
  const image = await imageOf(place, 'ranged', { large: noise(200_000, 4) });
  const model = await createModel('catar|whole|none|objects|get');
  const packed = await model.pack(image, inline);
  closeImage(image);
  const transfer = model.transfer(takeInventory('ranged', 'm', packed), new Holdings());
  const served = await serveImages([packed]);
  try {
    const { store } = served.endpoints(0, served.ports);
    const object = transfer.plan.at(-1)![0]!;
    const answers = await askRanges(store.port, store.path + pathOf(object), object.bytes);
    assert.equal(
      answers.map(({ asked, status, isMultipart }) => [asked, status, isMultipart]),
      [
        ['one range', 206, false],
        ['2 ranges', 206, true],
        ['16 ranges', 206, true],
        ['256 ranges', 206, true],
        ['a suffix', 206, false],
        ['a range past the end', 416, false],
      ],
    );
  } finally {
    await served.stop();
  }
});

onServers('a server that cannot start says why, and nothing of it is left', async ({ place }) => {
  const directory = join(place, 'broken');
  mkdirSync(directory);
  const broken = {
    ...dockerRegistry,
    configure: () => ['serve', join(directory, 'is-not-there.yml')],
  };
  try {
    await startServer(broken, directory);
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /docker-registry did not start: .*is-not-there/s);
  }
  assert.equal(readdirSync(directory), []);
});

test('a program that is not there is named with its package', () => {
  const absent = { ...nginx, name: 'no-such-server', package: 'no-such-package' };
  assert.is(lacking([absent]), 'no-such-server not found: apt-get install no-such-package');
});

onServers('servers end with the process that started them', async ({ place }) => {
  const directory = join(place, 'orphan');
  mkdirSync(directory);
  const script = join(place, 'start.mjs');
  const module = scriptUrl('./servers', import.meta.url).href;
  writeFileSync(
    script,
    `const { nginx, startServer } = await import(${JSON.stringify(module)});
     process.stdout.write(String((await startServer(nginx, process.argv[2])).port));
     process.exit();`,
  );
  const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A'] : [];
  const { stdout } = spawnSync(process.execPath, [...runtime, script, directory], {
    encoding: 'utf8',
  });
  assert.match(stdout, /^\d+$/);
  const isServed = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${stdout}/`).then(
      () => true,
      () => false,
    );
  await until('the server to end', async () => !(await isServed()));
});

test.run();
