import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../../errors.ts';
import { openImage } from '../../images/open.ts';
import { treeToTar } from '../../serialisers/tar.ts';
import { readAll } from '../../streams/source.ts';
import { type Sketch, sketchTree } from '../../testing/trees.ts';
import { offlineContext } from '../offline.ts';
import type { FetchContext } from '../provider.ts';
import { type DebianSource, debian } from './provider.ts';

const test = suite<{ directory: string }>('debian');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-debian-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const source: DebianSource = {
  type: 'debian',
  release: 'bookworm',
  state: 'release',
  architecture: 'amd64',
  base: 'none',
  include: ['one', 'two', 'three'],
};

/** A package of one file, as deb(5) has it, members uncompressed. */
function packageOf(name: string): Uint8Array {
  const tar = (files: Readonly<Record<string, Sketch>>): Uint8Array =>
    readAll(treeToTar(sketchTree(files)));
  const member = (title: string, bytes: Uint8Array): Uint8Array => {
    const facts = `${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`;
    const header = `${title.padEnd(16)}${facts}${String(bytes.length).padEnd(10)}\`\n`;
    return Buffer.concat([Buffer.from(header), bytes]);
  };
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    member('control.tar', tar({ control: { content: `Package: ${name}\n` } })),
    member('data.tar', tar({ [name]: { content: name } })),
  ]);
}

const debs = new Map(source.include.map((name) => [`pool/${name}.deb`, packageOf(name)]));
const pins = {
  date: '2026-01-02',
  packages: [...debs].map(([path, bytes]) => ({
    name: path.slice('pool/'.length, -'.deb'.length),
    version: '1',
    suite: 'bookworm',
    path,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })),
};

/** A mirror that has all packages but some. */
function mirrorWithout(directory: string, ...gone: readonly string[]): FetchContext {
  const answer = async (url: unknown): Promise<Response> => {
    const bytes = debs.get(String(url).replace('http://mirror.example/debian/', ''));
    const isGone = bytes === undefined || gone.some((name) => String(url).endsWith(`/${name}.deb`));
    return isGone ? new Response('', { status: 404 }) : new Response(Uint8Array.from(bytes));
  };
  const mirror = 'http://mirror.example/debian';
  return { ...offlineContext(directory), fetch: answer as typeof fetch, mirror };
}

test('packages become an image; a second time it needs no network', async ({ directory }) => {
  const image = await debian.fetch(source, { id: 'x' }, pins, mirrorWithout(directory));
  const paths = openImage(image).tree.entries.map(({ path }) => path);
  for (const name of source.include) assert.ok(paths.includes(name), name);
  assert.is(JSON.parse(image.config).created, '2026-01-02T00:00:00Z');
  assert.equal(await debian.fetch(source, { id: 'x' }, pins, offlineContext(directory)), image);
  rmSync(image.layers[0]!.path);
  assert.equal(await debian.fetch(source, { id: 'x' }, pins, offlineContext(directory)), image);
});

test('66 what decayed in the cache is built or fetched anew', async ({ directory }) => {
  const image = await debian.fetch(source, { id: 'x' }, pins, mirrorWithout(directory));
  const damage = (path: string): void => {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
  };
  const [layer] = image.layers;
  for (const path of [layer!.path, layer!.delivered!.path]) {
    const bytes = readFileSync(path);
    damage(path);
    assert.equal(await debian.fetch(source, { id: 'x' }, pins, offlineContext(directory)), image);
    assert.equal(readFileSync(path), bytes);
  }
  damage(layer!.path);
  damage(offlineContext(directory).cache.blobPath(`sha256:${pins.packages[0]!.sha256}`));
  assert.equal(await debian.fetch(source, { id: 'x' }, pins, mirrorWithout(directory)), image);
});

test('after a failure nothing further is asked for', async ({ directory }) => {
  const asked: string[] = [];
  const refuse = async (url: unknown): Promise<Response> => {
    asked.push(String(url));
    return new Response('', { status: 403 });
  };
  const many = Array.from({ length: 100 }, (_, index) => ({
    ...pins.packages[0]!,
    sha256: String(index).padStart(64, '0'),
  }));
  const context = { ...mirrorWithout(directory), fetch: refuse as typeof fetch };
  const error = await debian
    .fetch(source, { id: 'x' }, { ...pins, packages: many }, context)
    .catch((caught: unknown) => caught);
  assert.match(String(error), /UnavailableError: refused \(HTTP 403\)/);
  assert.is(asked.length, 8);
});

test('all packages that are gone are named, and how to go on', async ({ directory }) => {
  const context = mirrorWithout(directory, 'three', 'one');
  const error = await debian
    .fetch(source, { id: 'x' }, pins, context)
    .catch((caught: unknown) => caught);
  assert.instance(error, UnavailableError);
  assert.match(String(error), /no longer has one 1, three 1 .*image x.*bench dataset relock/);
});

test('an image without pins says so', async ({ directory }) => {
  const error = await Promise.resolve(
    debian.fetch(source, { id: 'x' }, undefined, offlineContext(directory)),
  ).catch((caught: unknown) => caught);
  assert.match(String(error), /no packages for x.*bench dataset relock/);
});

test.run();
