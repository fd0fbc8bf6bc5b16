import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StorageError } from './errors.ts';
import { Cache } from './images/cache.ts';
import { download } from './images/download.ts';
import { openArtefact, writeArtefact } from './models/artefact.ts';
import { createModel } from './models/mod.ts';
import type { Model } from './models/model.ts';
import { inline } from './objects/executor.ts';
import { toRecord } from './results/compose.ts';
import { RecordLog } from './results/log.ts';
import { CellStore } from './runs/cell-store.ts';
import { treeToTar } from './serialisers/tar.ts';
import { readAll } from './streams/source.ts';
import { canFail, failAtEach, type Outcome } from './testing/failing-disk.ts';
import { imageOfTars } from './testing/images.ts';
import { inventory } from './testing/inventories.ts';
import { skip } from './testing/needs.ts';
import { sketchTree } from './testing/trees.ts';
import { writeWhole } from './write-whole.ts';

/** Every step of every write fails in turn: what was there stays, what was to be there is whole or absent. */

const test = suite<{ directory: string }>('a disk that fails at each step');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-disk-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const content = new Uint8Array(10_000).map((_, index) => index * 31);
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;

function onDisk(name: string, work: (directory: string) => Promise<void>): void {
  test(`64 ${name}`, async ({ directory }) => {
    if (canFail) return work(directory);
    skip('Deno’s file system cannot be made to fail');
  });
}

/** A failure is told as one of the disk; work that goes on without what failed is fine too. */
function checkError({ step, error }: Outcome): void {
  if (error !== undefined) assert.instance(error, StorageError, `${step}: ${error}`);
}

const isThere = (cache: Cache): boolean => existsSync(cache.blobPath(digest));
const leftOver = ({ root }: Cache): readonly string[] =>
  existsSync(join(root, 'partial')) ? readdirSync(join(root, 'partial')) : [];

onDisk('a blob that is stored', async (directory) => {
  let number = 0;
  let cache: Cache;
  const steps = await failAtEach(
    async () => {
      cache = new Cache(join(directory, String(number++)));
      await cache.store([content.subarray(0, 5000), content.subarray(5000)], { digest });
    },
    async (outcome) => {
      checkError(outcome);
      assert.is(isThere(cache), outcome.error === undefined, outcome.step);
      assert.equal(leftOver(cache), [], outcome.step);
      await cache.store([content], { digest });
      assert.ok(await cache.isIntact(digest, content.length), outcome.step);
    },
  );
  for (const step of ['mkdirSync', 'open', 'writeSync', 'sync', 'renameSync']) {
    assert.ok(steps.includes(step), `${step} among ${steps.join(' ')}`);
  }
});

onDisk('a blob that is downloaded: what arrived is kept and continued', async (directory) => {
  let number = 0;
  let cache: Cache;
  const answer = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const range = new Headers(init?.headers).get('range');
    const start = Number(/\d+/.exec(range ?? '0')![0]);
    const headers = { 'content-range': `bytes ${start}-9999/10000` };
    return new Response(content.slice(start), start > 0 ? { status: 206, headers } : {});
  };
  const fetch = answer as typeof globalThis.fetch;
  const wanted = { url: 'http://127.0.0.1/blob', digest, size: content.length };
  const steps = await failAtEach(
    () => {
      cache = new Cache(join(directory, String(number++)));
      return download(wanted, { cache, fetch, backoffMs: 0 });
    },
    async (outcome) => {
      checkError(outcome);
      assert.is(isThere(cache), outcome.error === undefined, outcome.step);
      await download(wanted, { cache, fetch, backoffMs: 0 });
      assert.ok(await cache.isIntact(digest, content.length), outcome.step);
      assert.equal(leftOver(cache), [], outcome.step);
    },
  );
  for (const step of ['open', 'writeSync', 'sync', 'renameSync']) {
    assert.ok(steps.includes(step), `${step} among ${steps.join(' ')}`);
  }
});

onDisk('a fact that is remembered', async (directory) => {
  const cache = new Cache(directory);
  cache.remember('key', 'before');
  const steps = await failAtEach(
    () => cache.remember('key', 'after'),
    (outcome) => {
      checkError(outcome);
      assert.is(cache.recall('key'), outcome.error ? 'before' : 'after', outcome.step);
      assert.equal(leftOver(cache), [], outcome.step);
      cache.remember('key', 'before');
    },
  );
  assert.ok(steps.length >= 3, steps.join(' '));
});

onDisk(
  'a file that is replaced as a whole: manifests, locks, reports, run.json',
  async (directory) => {
    const path = join(directory, 'file');
    writeWhole(path, 'before');
    const steps = await failAtEach(
      () => writeWhole(path, 'after'),
      (outcome) => {
        checkError(outcome);
        assert.ok(outcome.error, outcome.step);
        assert.is(readFileSync(path, 'utf8'), 'before', outcome.step);
        assert.equal(readdirSync(directory), ['file'], outcome.step);
      },
    );
    assert.equal(steps, ['openSync', 'writeSync', 'fsyncSync', 'renameSync']);
  },
);

onDisk(
  'records that are appended: those before are read, those that failed are written again',
  async (directory) => {
    const record = (image: string) =>
      toRecord('d@sha256:0', 'm', { image, client: '-', measure: 'dedup.objects', value: 1 });
    let number = 0;
    const out = (): string => join(directory, String(number));
    const steps = await failAtEach(
      () => {
        number++;
        const log = RecordLog.open(out());
        try {
          log.append([record('a')]);
          log.append([record('b')]);
        } finally {
          log.close();
        }
      },
      (outcome) => {
        checkError(outcome);
        const log = RecordLog.open(out());
        log.append([record('a'), record('b')]);
        log.close();
        const lines = readFileSync(join(out(), 'records.jsonl'), 'utf8').trim().split('\n');
        assert.equal(
          lines.map((line) => JSON.parse(line).image),
          ['a', 'b'],
          outcome.step,
        );
      },
    );
    for (const step of ['mkdirSync', 'writeSync', 'linkSync']) {
      assert.ok(steps.includes(step), `${step} among ${steps.join(' ')}`);
    }
  },
);

onDisk('a packing summary of a cell', async (directory) => {
  const notes: string[] = [];
  const open = (): CellStore =>
    new CellStore(new Cache(directory), { note: (text) => void notes.push(text) });
  let store = open();
  const model = { id: 'm' } as Model;
  const { descriptor } = imageOfTars(readAll(treeToTar(sketchTree({ a: { content: 'x' } }))));
  const steps = await failAtEach(
    () => {
      store = open();
      store.write(model, descriptor, [], inventory('a', 'AB'));
      store.write({ id: 'n' } as Model, descriptor, [], inventory('a', 'AB'));
    },
    ({ step, error }) => {
      assert.is(error, undefined, 'a cell that was measured is not lost');
      assert.is(store.read(model, descriptor, [])?.image, descriptor.id, step);
      assert.is(notes.splice(0).length, 1, step);
    },
  );
  assert.ok(steps.includes('renameSync'), steps.join(' '));
  assert.is(open().read(model, descriptor, [])?.image, descriptor.id);
});

onDisk('a packed image: what has an index.json is whole', async (directory) => {
  const image = imageOfTars(readAll(treeToTar(sketchTree({ a: { content: 'x' } }))));
  const model = await createModel('files|whole|none|objects|get');
  const packed = await model.pack(image, inline);
  let number = 0;
  await failAtEach(
    () => writeArtefact(packed, join(directory, String(++number)), inline),
    async (outcome) => {
      checkError(outcome);
      const out = join(directory, String(number));
      if (!existsSync(join(out, 'index.json'))) return;
      const { manifest, store } = openArtefact(out);
      assert.is((await model.unpack(manifest, store, inline)).entries.length, 2, outcome.step);
    },
  );
});

test.run();
