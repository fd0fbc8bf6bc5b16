import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { resolveLinks } from '../links/mod.ts';
import { createModel, defaultModels } from '../models/mod.ts';
import { takeInventory } from '../packers/inventory.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { seeded } from '../stats/random.ts';
import { readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { sketchTree } from '../testing/trees.ts';
import { arrivalsOf } from './arrivals.ts';
import { packGraph, unpackGraph, verifyGraph } from './graphs.ts';
import { Holdings } from './holdings.ts';
import { machineMeasures } from './parallel-cells.ts';
import { parallelismMeasures, parallelismOf } from './parallelism.ts';
import { type Recorded, recordCosts } from './recorder.ts';
import { makespans, spanOf, workOf } from './schedule.ts';

/** Thirty files of 20,000 bytes that do not compress, in two layers. */
function smallImage(): Image {
  const random = seeded(7);
  const layer = (from: number): Uint8Array => {
    const files = Array.from({ length: 15 }, (_, index) => {
      const content = Uint8Array.from({ length: 20_000 }, () => Math.floor(256 * random()));
      return [`file${10 + from + index}`, { content }] as const;
    });
    return readAll(treeToTar(sketchTree(Object.fromEntries(files))));
  };
  return imageOfTars(layer(0), layer(15));
}

const image = smallImage();
const known = new Map<string, Promise<Recorded>>();
const record = (model: string): Promise<Recorded> => {
  const recorded = known.get(model) ?? createModel(model).then((one) => recordCosts(image, one));
  known.set(model, recorded);
  return recorded;
};

/** The same with costs that can be worked by hand: 1 ms a byte of what is digested, compressed or decompressed. */
function withCosts(recorded: Recorded, more: Partial<Recorded> = {}): Recorded {
  const { packed, restored, cuts } = recorded;
  const chunks = new Map<number, number>();
  let offset = 0;
  for (const length of packed.chunkLengths) {
    if (length > 0) chunks.set(offset, length);
    offset += length;
  }
  return {
    ...recorded,
    chunks,
    serialiseMs: 0,
    writeMs: 0,
    openMs: 0,
    restoreMs: 0,
    cuts: cuts.map((cut) => ({ ...cut, ms: 0 })),
    blobs: new Map([...recorded.blobs.keys()].map((digest) => [digest, 0])),
    restored: restored.map((one) => ({ ...one, ms: one.length })),
    ...more,
  };
}

for (const id of [...defaultModels.slice(0, 5), 'restic', 'ostree', 'estargz', 'chunk-per-blob']) {
  test(`${id}: no operation takes longer on more cores, or less than its span`, async () => {
    const found = await parallelismOf(image, await createModel(id), resolveLinks(['default']));
    const { pack, verify, unpack, receive } = found;
    for (const { work, span, times } of [pack, verify, unpack]) {
      assert.ok(work > 0 && span > 0 && span <= work + 1e-6);
      assert.ok(Math.abs(times[0]! - work) < 1e-6);
      for (const time of times) assert.ok(time >= span - 1e-6 && time <= work + 1e-6);
    }
    assert.ok(Object.keys(receive).length === 6);
    for (const { span, times } of Object.values(receive)) {
      assert.ok(span >= unpack.span - 1e-6);
      for (const time of times) assert.ok(time >= span - 1e-6);
    }
    // Everything recorded is in the graph.
    const recorded = withCosts(await record(id));
    const bytes = (lengths: Iterable<number>): number => {
      let sum = 0;
      for (const length of lengths) sum += length;
      return sum;
    };
    assert.is(Math.round(workOf(packGraph(recorded))), bytes(recorded.packed.chunkLengths));
    assert.is(
      Math.round(workOf(unpackGraph(recorded))),
      bytes(recorded.restored.map(({ length }) => length)),
    );
  });
}

test('one solid blob is one chain, packed, verified and unpacked', async () => {
  for (const id of ['tar-zstd', 'catar|whole|zstd:level=3|blob|range']) {
    const solid = withCosts(await record(id), { serialiseMs: 1000, openMs: 500, restoreMs: 250 });
    for (const graph of [packGraph(solid), verifyGraph(solid)]) {
      assert.ok(Math.abs(spanOf(graph) - workOf(graph)) < 1e-6);
    }
    // The tree of a piece is made while the next one is decompressed.
    const unpack = unpackGraph(solid);
    assert.ok(workOf(unpack) / spanOf(unpack) < 1.001);
  }
});

test('layers are apart from one another, and applied in order', async () => {
  const layers = withCosts(await record('oci-gzip'));
  const [one, two] = layers.packed.chunkLengths;
  assert.is(spanOf(packGraph(layers)), Math.max(one!, two!));
  assert.equal(makespans(unpackGraph(layers), [1, 2]).map(Math.round), [
    one! + two!,
    Math.max(one!, two!),
  ]);
  const applied = unpackGraph({ ...layers, restoreMs: 1e9 });
  assert.ok(spanOf(applied) > 1e9);
});

test('objects are apart, what leads to them comes first, and a root needs no contents', async () => {
  const files = withCosts(await record('per-file'), { openMs: 10, restoreMs: 1000 });
  // 30 objects of 20,000 ms, and the tree beside them.
  assert.is(spanOf(unpackGraph(files)), 20_010);
  assert.equal(makespans(unpackGraph(files), [1, 31]), [601_010, 20_010]);
  assert.equal(makespans(packGraph(files), [1, 10, 30]), [600_000, 60_000, 20_000]);
});

test('a cut that depends on those before holds up what follows it', async () => {
  const recorded = await record('catar');
  const [only] = recorded.cuts;
  const slow = withCosts(recorded, { cuts: [{ ...only!, ms: 2 * only!.length }] });
  // Two ms a byte to cut, one to store; the last chunk is stored when all are cut.
  const last = recorded.packed.chunkLengths.at(-1)!;
  assert.ok(Math.abs(spanOf(packGraph(slow)) - 2 * only!.length - last) < 1e-3);
  const half = only!.length / 2;
  const segments = [
    { from: 0, to: half },
    { from: half, to: only!.length },
  ];
  const apart = withCosts(recorded, { cuts: [{ ...only!, ms: 2 * only!.length, segments }] });
  const longest = Math.max(...recorded.packed.chunkLengths);
  assert.ok(Math.abs(spanOf(packGraph(apart)) - only!.length - longest) < 1e-3);
});

test('the digest of a blob is one chain over its objects', async () => {
  const recorded = await record('catar-blob');
  const { digest, size } = recorded.packed.output.layers[0]!.descriptor;
  const slow = withCosts(recorded, { blobs: new Map([[digest, 100 * size]]) });
  assert.ok(spanOf(packGraph(slow)) >= 100 * size);
  assert.is(spanOf(verifyGraph(slow)), 100 * size);
});

test('a client unpacks what has arrived, piece by piece of what is long', async () => {
  const [link] = resolveLinks(['100m-20ms']);
  const bytesPerMs = link!.bandwidth / 8000;
  for (const id of ['per-file', 'tar-zstd', 'catar-blob', 'oci-gzip', 'chunk-per-blob']) {
    const model = await createModel(id);
    const recorded = withCosts(await record(id));
    const free = { ...recorded, restored: recorded.restored.map((one) => ({ ...one, ms: 0 })) };
    const inventory = takeInventory('test', model.id, recorded.packed);
    const transfer = model.transfer(inventory, new Holdings());
    const arrivals = arrivalsOf(transfer, link!, inventory);
    // Where unpacking costs nothing, all is there with the last byte.
    const last = spanOf(unpackGraph(free, arrivals));
    assert.ok(last > transfer.contentBytes / bytesPerMs);
    const lengths = recorded.restored.map(({ length }) => length);
    const ms = lengths.map((length) => length / bytesPerMs / 1000);
    const restored = recorded.restored.map((one, index) => ({ ...one, ms: ms[index]! }));
    const both = spanOf(unpackGraph({ ...recorded, restored }, arrivals));
    const all = ms.reduce((sum, one) => sum + one, 0);
    assert.ok(both >= last && both < last + all, `${id}: some of it meanwhile`);
  }
});

test('independent processes give the sum of their rates', () => {
  const sample = (ms: number): never =>
    ({ packMs: ms, unpackMs: 1, streamBytes: 1, objects: 1 }) as never;
  const rounds = [
    new Map([
      [1, [sample(100)]],
      [2, [sample(100), sample(125)]],
    ]),
    new Map([
      [1, [sample(100)]],
      [2, [sample(200), sample(200)]],
    ]),
  ];
  const [pack, unpack] = machineMeasures('one', rounds);
  assert.equal([pack!.workers, pack!.value, pack!.low, pack!.high, pack!.n], [2, 1.4, 1, 1.8, 2]);
  assert.is(unpack!.value, 2);
});

test('records say what no core was needed for', () => {
  const none = { work: 0, span: 0, times: [0, 0, 0, 0, 0, 0, 0] };
  const some = { work: 8, span: 2, times: [8, 4, 2, 2, 2, 2, 2] };
  const measures = parallelismMeasures('one', {
    pack: some,
    verify: none,
    unpack: some,
    receive: { 'dsl-20ms': some },
    coresUsed: 1,
  });
  const values = (name: string): unknown =>
    measures.filter(({ measure }) => measure === name).map(({ value }) => value);
  assert.equal(values('parallel.pack_work_per_span'), [4]);
  assert.equal(values('parallel.pack_speed_up'), [1, 2, 4, 4, 4, 4, 4]);
  assert.equal(values('parallel.verify_work_ms'), [0]);
  assert.equal(values('parallel.verify_work_per_span'), [], 'nothing divided by nothing');
  assert.equal(values('parallel.receive_ms'), [8, 4, 2, 2, 2, 2, 2]);
});

test.run();
