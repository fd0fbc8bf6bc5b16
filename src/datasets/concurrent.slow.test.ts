import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../images/cache.ts';
import { closeImage, openImage } from '../images/open.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { lackOfServers, unless } from '../testing/needs.ts';
import { putSampleImage, ScriptedRegistry } from '../testing/registry.ts';
import { sketchTree } from '../testing/trees.ts';
import { scriptUrl } from '../workers/pool.ts';
import { extendLock, lockPath, readLock } from './lock.ts';
import { addImages, fetchImage, loadDataset, pinDataset } from './mod.ts';
import type { FetchContext } from './provider.ts';

interface Context {
  directory: string;
  server: ScriptedRegistry;
}

const test = unless(suite<Context>('two processes on one cache'), lackOfServers());

test.before.each(async (context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-concurrent-'));
  context.server = await new ScriptedRegistry().start();
});
test.after.each(async ({ directory, server }) => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

const script = fileURLToPath(scriptUrl('../cli', import.meta.url));
const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A', script] : [script];

/** Standard output of a command of another process; throws where it fails. */
async function bench(...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [...runtime, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaint] = ['', ''];
  child.stdout.on('data', (bytes) => {
    output += String(bytes);
  });
  child.stderr.on('data', (bytes) => {
    complaint += String(bytes);
  });
  assert.is(await new Promise((resolve) => child.on('close', resolve)), 0, complaint);
  return output;
}

/** Fetches the image while `meanwhile` happens before each answer in turn; the first time, before none. */
async function fetchDuring(
  { directory, server }: Context,
  meanwhile: (manifest: string, cache: string) => Promise<void>,
): Promise<void> {
  putSampleImage(server, { tag: 'one' });
  let requests = Number.POSITIVE_INFINITY;
  let expected = '';
  for (let at = -1; at < requests; at++) {
    const place = join(directory, `at${at + 1}`);
    const manifest = `${place}.json`;
    const options = { platform: 'linux/amd64' };
    const { dataset } = await addImages(manifest, [server.reference('one')], options);
    let asked = 0;
    const fetch = async (url: string, init?: RequestInit): Promise<Response> => {
      if (asked++ === at) await meanwhile(manifest, place);
      return globalThis.fetch(url, init);
    };
    const context: FetchContext = {
      cache: new Cache(place),
      fetch: fetch as typeof globalThis.fetch,
      baseDirectory: directory,
      progress() {},
      backoffMs: 0,
    };
    const pinned = await pinDataset(dataset, context);
    const image = await fetchImage(pinned, dataset.images[0]!.id, context);
    if (at < 0) [requests, expected] = [asked, image.digest];
    assert.is(image.digest, expected, `request ${at}`);
    const opened = openImage(image);
    assert.equal(
      opened.tree.entries.map(({ path }) => path),
      ['', 'etc', 'etc/b', 'etc/c'],
    );
    closeImage(opened);
    assert.equal(readdirSync(join(place, 'partial')), [], `request ${at}`);
  }
  assert.ok(requests >= 4, `${requests} requests`);
}

test('67 the other fetches the same image before each answer in turn: both are right', (context) =>
  fetchDuring(context, async (manifest, cache) => {
    const output = await bench('dataset', 'fetch', manifest, '--cache', cache);
    assert.match(output, /\tsha256:[0-9a-f]{64}\t/);
  }));

test('67 the other frees the whole cache before each answer in turn: what is needed stays', (context) =>
  fetchDuring(context, async (_manifest, cache) => {
    const child = bench('cache', 'gc', '--max-size', '0', '--cache', cache);
    // It says so where the run keeps some.
    await child.catch((error: Error) => assert.match(error.message, /runs that still go on/));
  }));

test('8 several add to one manifest at once: nothing is lost', async ({ directory }) => {
  const manifest = join(directory, 'mine.json');
  const names = ['a', 'b', 'c', 'd'].map((name) => join(directory, `${name}.tar`));
  for (const name of names)
    writeFileSync(name, readAll(treeToTar(sketchTree({ name: { content: name } }))));
  await Promise.all(names.map((name) => bench('dataset', 'add', manifest, name)));
  const dataset = await loadDataset(manifest);
  assert.equal(dataset.images.map(({ id }) => id[0]).sort(), ['a', 'b', 'c', 'd']);
  assert.equal(
    readdirSync(directory).filter((name) => name.startsWith('mine')),
    ['mine.json'],
  );
});

test('8 what another process pinned in the meantime stands', async ({ directory, server }) => {
  putSampleImage(server, { tag: 'one' });
  const path = join(directory, 'mine.json');
  const { dataset } = await addImages(path, [server.reference('one')]);
  const { manifest, images } = dataset;
  const [first, second] = ['1', '2'].map((digit) => {
    const digest = `sha256:${digit.repeat(64)}`;
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const pins = { date: '2022-11-30', manifest: { mediaType, digest, size: 100 } };
    return new Map<string, unknown>([[images[0]!.id, pins]]);
  });
  const lock = lockPath(path);
  assert.equal(extendLock(lock, manifest, first!), first);
  assert.equal(extendLock(lock, manifest, second!), first);
  assert.equal(readLock(lock, manifest), first);
});

test.run();
