import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Claim, type ClaimMessage, Claims, claim, claimChild, tellClaims } from './claims.ts';
import { Cache } from './images/cache.ts';
import { isRunning } from './processes.ts';
import { has, skip } from './testing/needs.ts';

const test = suite<{ directory: string; claims: Claims }>('claims');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-claims-'));
  context.claims = new Claims();
  tellClaims((message) => context.claims.hear(message));
});
test.after.each(({ directory }) => {
  tellClaims(() => {});
  rmSync(directory, { recursive: true });
});

test('what is still claimed is removed, what was released stays', ({ directory, claims }) => {
  const place = (name: string): string => join(directory, name);
  for (const name of ['whole', 'half']) writeFileSync(place(name), 'x');
  for (const name of ['theirs', 'made', 'made/empty', 'used', 'used/empty', 'shut', 'shut/in']) {
    mkdirSync(place(name));
  }
  for (const name of ['theirs/half', 'used/other', 'shut/in/half']) writeFileSync(place(name), 'x');
  chmodSync(place('shut/in'), 0o500);
  const claimed: readonly Claim[] = [
    { kind: 'path', path: Buffer.from(place('half')) },
    { kind: 'path', path: place('shut') },
    { kind: 'path', path: place('never-made') },
    { kind: 'contents', path: place('theirs') },
    { kind: 'empty', path: place('made/empty'), top: place('made') },
    { kind: 'empty', path: place('used/empty'), top: place('used') },
  ];
  for (const one of claimed) claim(one);
  claim({ kind: 'path', path: place('whole') })();
  claims.settle();
  const left = ['whole', 'theirs', 'used', 'used/other'];
  assert.equal(
    left.filter((name) => !existsSync(place(name))),
    [],
  );
  const gone = ['half', 'shut', 'theirs/half', 'made', 'used/empty'];
  assert.equal(
    gone.filter((name) => existsSync(place(name))),
    [],
  );
});

test('what the cache is writing is claimed, and released once it is there', ({ directory }) => {
  const told: ClaimMessage[] = [];
  tellClaims((message) => void told.push(message));
  const cache = new Cache(directory);
  // The first user of a cache registers itself.
  cache.kept('none');
  told.length = 0;
  cache.remember('key', 1);
  const [first, ...others] = told;
  assert.ok(first && 'claim' in first && first.claim.kind === 'path');
  assert.match(String(first.claim.path), /partial.*\.tmp$/);
  assert.equal(others, [{ released: first.number }]);
});

test('a child that is killed leaves none of its own', async ({ claims }) => {
  if (process.platform !== 'linux') return skip('needs /proc');
  if (!has('sh', 'sleep')) return;
  const deaf = 'trap "" TERM; sleep 600 & echo $!; while :; do wait; done';
  const child = spawn('sh', ['-c', deaf], { stdio: ['ignore', 'pipe', 'ignore'] });
  claimChild(child);
  const line = await new Promise((resolve) => child.stdout.once('data', resolve));
  const below = Number(line);
  assert.ok(isRunning(below));
  claims.settle();
  for (const pid of [below, child.pid!]) {
    while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

test('children are ended, also those that do not listen', async ({ claims }) => {
  if (!has('sh', 'sleep')) return;
  const children = ['exec sleep 600', 'trap "" TERM; echo; while :; do sleep 1; done'].map((line) =>
    spawn('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  for (const child of children) claimChild(child);
  await new Promise((resolve) => children[1]!.stdout.once('data', resolve));
  claims.settle();
  for (const { pid } of children) {
    while (isRunning(pid!)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

test.run();
