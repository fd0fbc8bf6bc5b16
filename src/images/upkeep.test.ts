import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { identify, tagOf } from '../processes.ts';
import { skip } from '../testing/needs.ts';
import { Cache, type Stored } from './cache.ts';
import { cacheSize, checkCache, collectGarbage, keepWithin, usersElsewhere } from './upkeep.ts';

const test = suite<{ cache: Cache; blobs: readonly Stored[] }>('upkeep of the cache');

/** Three blobs of 1000 bytes, last used in the order in which they stand here, an hour apart. */
test.before.each(async (context) => {
  context.cache = new Cache(mkdtempSync(join(tmpdir(), 'ocibench-upkeep-')));
  const blobs: Stored[] = [];
  for (const filling of [1, 2, 3]) {
    blobs.push(await context.cache.store([new Uint8Array(1000).fill(filling)]));
  }
  for (const [index, { path }] of blobs.entries()) setUse(path, 3 - index);
  context.blobs = blobs;
});
test.after.each(({ cache }) => rmSync(cache.root, { recursive: true }));

function setUse(path: string, hoursAgo: number): void {
  const time = new Date(Date.now() - hoursAgo * 3_600_000);
  utimesSync(path, time, time);
}

/** A process that runs for as long as the tests do, and began to use the cache a while ago. */
function useSince(cache: Cache, hoursAgo: number): void {
  writeFileSync(pathOfParent(cache), '');
  setUse(pathOfParent(cache), hoursAgo);
}

const pathOfParent = ({ root }: Cache): string =>
  join(root, 'users', tagOf(identify(process.ppid)));

const there = (blobs: readonly Stored[]): readonly boolean[] =>
  blobs.map(({ path }) => existsSync(path));

test('66 every kind of damage is found and removed, what is whole stays', async ({
  cache,
  blobs,
}) => {
  assert.equal(await checkCache(cache), []);
  const changed = Uint8Array.from(readFileSync(blobs[0]!.path));
  changed[999]! ^= 0x10;
  writeFileSync(blobs[0]!.path, changed);
  writeFileSync(blobs[1]!.path, '');
  const stray = join(cache.root, 'blobs', 'zz');
  mkdirSync(join(stray, 'directory'), { recursive: true });
  symlinkSync(blobs[2]!.path, join(stray, 'link'));
  const damaged = await checkCache(cache);
  assert.equal(
    damaged.map(({ path }) => path).sort(),
    [blobs[0]!.path, blobs[1]!.path, join(stray, 'directory'), join(stray, 'link')].sort(),
  );
  assert.equal(there(blobs), [false, false, true]);
  assert.equal(readdirSync(stray), []);
  assert.ok(await cache.isIntact(blobs[2]!.digest, 1000), 'what the link named is untouched');
});

test('what was used longest ago goes first, until the rest fits', async ({ cache, blobs }) => {
  assert.equal(collectGarbage(cache), { files: 0, bytes: 0 });
  assert.equal(collectGarbage(cache, 3000), { files: 0, bytes: 0 });
  assert.ok(await cache.isIntact(blobs[0]!.digest));
  assert.equal(collectGarbage(cache, 2999), { files: 1, bytes: 1000 });
  assert.equal(there(blobs), [true, false, true], 'to read it is to use it');
  assert.equal(collectGarbage(cache, 0), { files: 2, bytes: 2000 });
});

test('67 what a run that goes on has used is kept; what an ended one has used is not', ({
  cache,
  blobs,
}) => {
  useSince(cache, 2.5);
  assert.equal(collectGarbage(cache, 0), { files: 1, bytes: 1000 });
  assert.equal(there(blobs), [false, true, true]);
  rmSync(pathOfParent(cache));
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(cache.root, 'users', String(pid)), '');
  assert.equal(collectGarbage(cache, 0), { files: 2, bytes: 2000 });
  assert.not.ok(existsSync(join(cache.root, 'users', String(pid))), 'it is forgotten');
});

test('67 a bound is kept to by what neither this run nor another one has used', async ({
  cache,
  blobs,
}) => {
  keepWithin(cache, 3000);
  assert.equal(there(blobs), [true, true, true]);
  useSince(cache, 1.5);
  assert.ok(await cache.isIntact(blobs[0]!.digest));
  keepWithin(cache, 0);
  assert.equal(there(blobs), [true, false, true], 'one is used here, one elsewhere');
  rmSync(pathOfParent(cache));
  const { path } = await cache.store([new Uint8Array(1000)]);
  keepWithin(cache, 0);
  assert.equal(there([...blobs, { path } as Stored]), [true, false, false, true]);
});

test('67 what is used in the moment in which a run begins counts as used', async ({ cache }) => {
  const other = new Cache(join(cache.root, 'other'));
  const { path } = await other.store([new Uint8Array(10)]);
  const began = statSync(join(other.root, 'users', tagOf(identify()))).mtimeMs;
  assert.ok(statSync(path).mtimeMs - began >= 1000, 'clocks of file systems tick coarsely');
});

test('65 a bound leaves the partial downloads of killed processes to who goes on', ({ cache }) => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(cache.temporary(`a.${pid}.part`), 'x'.repeat(10));
  keepWithin(cache, 0);
  assert.equal(readdirSync(join(cache.root, 'partial')), [`a.${pid}.part`]);
});

test('65 what killed processes left is swept, what others write is not', ({ cache }) => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const left = ['a.part', 'b.tmp'].map((name) => name.replace('.', `.${pid}.`));
  const written = ['c.part', 'd.tmp'].map((name) => name.replace('.', `.${process.ppid}.`));
  for (const name of [...left, ...written]) writeFileSync(cache.temporary(name), 'x'.repeat(10));
  assert.equal(cacheSize(cache).partial, { files: 4, bytes: 40 });
  assert.equal(collectGarbage(cache), { files: 2, bytes: 20 });
  assert.equal(readdirSync(join(cache.root, 'partial')), written);
});

test('a process is a user of the cache until it ends', ({ cache }) => {
  const module = new URL(
    import.meta.url.endsWith('.ts') ? './cache.ts' : './cache.js',
    import.meta.url,
  );
  const script = join(cache.root, 'user.mjs');
  writeFileSync(
    script,
    `import { readdirSync } from 'node:fs';
     const { Cache } = await import(${JSON.stringify(module.href)});
     await new Cache(process.argv[2]).isIntact('sha256:${'0'.repeat(64)}');
     process.stdout.write(process.pid + ' ' + readdirSync(process.argv[2] + '/users').join(' '));`,
  );
  const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A'] : [];
  const { stdout } = spawnSync(process.execPath, [...runtime, script, cache.root], {
    encoding: 'utf8',
  });
  const [pid = '', ...users] = stdout.split(' ');
  const isOf = (name: string): boolean => name.startsWith(`${pid}-`);
  assert.ok(users.some(isOf), stdout);
  assert.not.ok(readdirSync(join(cache.root, 'users')).some(isOf));
});

test('8 users and files of a process whose id is another’s by now are swept, those of other hosts kept', ({
  cache,
  blobs,
}) => {
  if (process.platform !== 'linux') return skip('needs /proc');
  const users = join(cache.root, 'users');
  const parent = identify(process.ppid);
  const recycled = tagOf({ ...parent, start: '1' });
  const elsewhere = tagOf({ ...parent, host: 'elsewhere' });
  for (const tag of [recycled, elsewhere]) {
    writeFileSync(join(users, tag), '');
    setUse(join(users, tag), 2.5);
    writeFileSync(join(cache.root, 'partial', `a.${tag}.part`), 'x');
  }
  assert.equal(collectGarbage(cache, 0), { files: 2, bytes: 1001 });
  assert.equal(there(blobs), [false, true, true]);
  assert.equal(readdirSync(join(cache.root, 'partial')), [`a.${elsewhere}.part`]);
  assert.not.ok(existsSync(join(users, recycled)));
  assert.equal(usersElsewhere(cache), [join(users, elsewhere)]);
});

test('an empty cache is in order', async ({ cache }) => {
  const none = new Cache(join(cache.root, 'none'));
  assert.equal(await checkCache(none), []);
  assert.equal(collectGarbage(none, 0), { files: 0, bytes: 0 });
  assert.equal(cacheSize(none).blobs, { files: 0, bytes: 0 });
});

test('results of cells are verified when read, checked and evicted as blobs are', async ({
  cache,
  blobs,
}) => {
  cache.keep('a cell', new Uint8Array(968).fill(7));
  const path = cache.cellPath('a cell');
  assert.equal(cacheSize(cache).cells, { files: 1, bytes: 1000 });
  assert.equal(await checkCache(cache), []);
  const bytes = Uint8Array.from(readFileSync(path));
  bytes[500]! ^= 1;
  writeFileSync(path, bytes);
  assert.is(cache.kept('a cell'), undefined);
  assert.equal(
    (await checkCache(cache)).map((one) => one.path),
    [path],
  );
  cache.keep('a cell', new Uint8Array(968).fill(8));
  setUse(path, 9);
  assert.equal(collectGarbage(cache, 3000), { files: 1, bytes: 1000 });
  assert.not.ok(existsSync(path));
  assert.equal(there(blobs), [true, true, true]);
});

test.run();
