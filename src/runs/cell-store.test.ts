import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../images/cache.ts';
import type { ImageDescriptor } from '../images/image.ts';
import type { Model } from '../models/model.ts';
import { inventory } from '../testing/inventories.ts';
import { CellStore } from './cell-store.ts';

const test = suite<{ cache: Cache }>('cell store');
test.before.each((context) => {
  context.cache = new Cache(mkdtempSync(join(tmpdir(), 'ocibench-cells-')));
});
test.after.each(({ cache }) => rmSync(cache.root, { recursive: true }));

const model = (id: string, more: Partial<Model> = {}): Model => ({ id, ...more }) as Model;
const image = (id: string, content = id, path = id): ImageDescriptor => ({
  id,
  digest: content,
  layers: [{ diffId: content, path }],
  config: '{}',
});

test('a cell is the content of its image and its model, not names and places', ({ cache }) => {
  new CellStore(cache).write(model('m'), image('a'), [], inventory('a', 'AB'));
  const store = new CellStore(cache);
  assert.is(store.read(model('m'), image('a'), [])?.image, 'a');
  assert.is(store.read(model('m'), image('b', 'a', 'elsewhere'), [])?.image, 'b');
  assert.is(store.read(model('m'), image('a', 'other'), []), undefined);
  assert.is(store.read(model('m'), { ...image('a'), config: '{"os":1}' }, []), undefined);
  assert.is(store.read(model('n'), image('a'), []), undefined);
  const tools = (): Readonly<Record<string, string>> => ({ xdelta3: '3' });
  assert.is(store.read(model('m', { tools }), image('a'), []), undefined);
});

test('images of one content that are asked for at once are packed once; what failed is tried again', async ({
  cache,
}) => {
  let packings = 0;
  const ask = (store: CellStore, own: Model, id: string, isFine = true): Promise<string> =>
    store
      .packed(own, image(id, 'same'), [], async ({ image: { id: given } }) => {
        packings++;
        await Promise.resolve();
        if (!isFine) throw new Error(given);
        return inventory(given, 'AB');
      })
      .then(({ image: found }) => found);
  const store = new CellStore(cache);
  const [one, other] = [model('m'), model('n')];
  assert.equal(await Promise.all(['a', 'b', 'c'].map((id) => ask(store, one, id))), [
    'a',
    'b',
    'c',
  ]);
  assert.is(packings, 1);
  const failed = ask(store, other, 'a', false).catch(String);
  assert.equal(await Promise.all([failed, ask(store, other, 'b')]), ['Error: a', 'b']);
  assert.is(packings, 3);
});

test('what is read is what was written, on every runtime', ({ cache }) => {
  const made = inventory('a', 'ABCDEFG');
  new CellStore(cache).write(model('m'), image('a'), [], made);
  const { objects } = new CellStore(cache).read(model('m'), image('a'), [])!;
  assert.equal([...objects.digests], [...made.objects.digests]);
  assert.equal([...objects.lengths], [...made.objects.lengths]);
  assert.equal([...objects.stored], [...made.objects.stored]);
});

test('what a cell was made with besides its image tells it apart', ({ cache }) => {
  const store = new CellStore(cache);
  const trained = model('m', { isTrained: true });
  store.write(trained, image('b'), [image('a'), image('b')], inventory('b', 'B'));
  assert.ok(store.read(trained, image('b'), [image('a'), image('b')]));
  assert.is(store.read(trained, image('b'), [image('c'), image('b')]), undefined);
  assert.is(store.read(trained, image('b'), [image('b')]), undefined);
});

test('what was seen of the machine that timed a cell comes back with it', ({ cache }) => {
  const seen = { load: 3 };
  new CellStore(cache).write(model('m'), image('a'), [], { ...inventory('a', 'A'), seen });
  assert.equal(new CellStore(cache).read(model('m'), image('a'), [])?.seen, seen);
});

test('a fresh store reads what it wrote itself, and nothing older', ({ cache }) => {
  new CellStore(cache).write(model('m'), image('a'), [], inventory('a', 'A'));
  const fresh = new CellStore(cache, { isFresh: true });
  assert.is(fresh.read(model('m'), image('a'), []), undefined);
  fresh.write(model('m'), image('a'), [], inventory('a', 'A'));
  assert.ok(fresh.read(model('m'), image('a'), []));
});

test.run();
