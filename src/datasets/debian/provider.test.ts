import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../../errors.ts';
import { LocalFiles } from '../../images/local-files.ts';
import { openImage } from '../../images/open.ts';
import { mirrorOf, packageOf, pinOf } from '../../testing/debs.ts';
import { offlineContext } from '../../testing/offline.ts';
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

const archive = new Map(source.include.map((name) => [`pool/${name}.deb`, packageOf(name)]));
const pins = {
  date: '2026-01-02',
  packages: source.include.map((name) => pinOf(archive, name)),
};

const mirrorWithout = (directory: string, ...gone: readonly string[]): FetchContext =>
  mirrorOf(archive, directory, ...gone);

test('packages become an image; a second time it needs no network', async ({ directory }) => {
  const image = await debian.fetch(source, { id: 'x' }, pins, mirrorWithout(directory));
  const paths = openImage(image).tree.entries.map(({ path }) => path);
  for (const name of source.include) assert.ok(paths.includes(name), name);
  assert.is(JSON.parse(image.config).created, '2026-01-02T00:00:00Z');
  assert.equal(await debian.fetch(source, { id: 'x' }, pins, offlineContext(directory)), image);
  rmSync(image.layers[0]!.path);
  assert.equal(await debian.fetch(source, { id: 'x' }, pins, offlineContext(directory)), image);
});

test('no mirror is looked for while a folder has all packages', async ({ directory }) => {
  const usb = join(directory, 'usb');
  mkdirSync(usb);
  for (const [index, bytes] of [...archive.values()].entries()) {
    writeFileSync(join(usb, String(index)), bytes);
  }
  // No URL of a mirror: who looks for one says so.
  const context = { ...offlineContext(directory), mirror: 'ftp://x', local: new LocalFiles(usb) };
  const image = await debian.fetch(source, { id: 'x' }, pins, context);
  assert.is(image.layers.length, 1);
  rmSync(usb, { recursive: true });
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
