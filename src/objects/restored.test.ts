import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VerificationError } from '../errors.ts';
import { createModel } from '../models/mod.ts';
import { memoryStore } from '../packers/store.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { Rope } from '../streams/rope.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { noise } from '../testing/noise.ts';
import { sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import { createExecutor, type OwnExecutor, ownThread } from './executor.ts';
import { createPieceMemory, type PieceMemory } from './piece-memory.ts';

const imageWith = (seed: number): ReturnType<typeof imageOfTars> =>
  imageOfTars(
    readAll(
      treeToTar(
        sketchTree({
          common: { content: noise(300_000, 1) },
          twice: { content: noise(300_000, 1) },
          own: { content: noise(200_000, seed) },
        }),
      ),
    ),
  );

/** With the lengths of all contents that it decompressed: to keep them, or to hold them against their digests alone. */
function watched(
  memory?: PieceMemory,
): OwnExecutor & { readonly kept: number[]; readonly verified: number[] } {
  const [kept, verified]: [number[], number[]] = [[], []];
  const executor = createExecutor(
    {
      ...ownThread,
      takeRuns(source, pass, paths) {
        const { operation, contentLengths } = pass;
        if (operation === 'decompress') kept.push(...contentLengths);
        if (operation === 'verify') verified.push(...contentLengths);
        return ownThread.takeRuns(source, pass, paths);
      },
    },
    memory,
  );
  return { ...executor, kept, verified };
}

const sum = (lengths: readonly number[]): number => lengths.reduce((all, one) => all + one, 0);

for (const alias of ['catar', 'per-file', 'restic', 'puzzlefs', 'catar-blob', 'nydus']) {
  test(`${alias}: what was restored before is not decompressed again, and all is compared`, async () => {
    const model = await createModel(alias);
    const memory = createPieceMemory(1 << 24);
    const restored: number[] = [];
    for (const image of [imageWith(3), imageWith(3), imageWith(5)]) {
      const executor = watched(memory);
      const packed = await model.pack(image, executor);
      const tree = await model.unpack(packed.manifest, memoryStore(packed), executor);
      assert.equal(differences(image.tree, tree, model.fidelity), []);
      const alone = watched();
      const again = await model.unpack(packed.manifest, memoryStore(packed), alone);
      assert.equal(differences(again, tree, model.fidelity), []);
      assert.is(sum(executor.kept), 0, 'what was digested when it was packed is not kept again');
      restored.push(sum(executor.verified) / sum(alone.kept));
    }
    assert.is(restored[0], 1);
    assert.is(restored[1], 0);
    assert.ok(restored[2]! > 0.3 && restored[2]! < 0.9, `${restored}`);
  });
}

for (const chain of [
  'files|whole|none|objects|get',
  'catar|fastcdc:avg=16KiB|none|objects|get',
  'merkle-files|whole|none|objects|get',
  'catar|fixed:size=64KiB|none|packs:size=1MiB,chunks=8192|get',
]) {
  test(`${chain}: what is stored as it is lies where it was digested, and is found where it does not`, async () => {
    const model = await createModel(chain);
    const image = imageWith(3);
    const executor = watched(createPieceMemory(1 << 24));
    const packed = await model.pack(image, executor);
    const alone = await model.pack(image, watched());
    assert.equal(packed.manifest, alone.manifest);
    assert.equal(readAll(packed.stored.bytes), readAll(alone.stored.bytes));
    const tree = await model.unpack(packed.manifest, memoryStore(packed), executor);
    assert.equal(differences(image.tree, tree, model.fidelity), []);
    assert.equal([sum(executor.kept), sum(executor.verified)], [0, 0]);
    // The same bytes from elsewhere are read and digested.
    const elsewhere = await model.unpack(alone.manifest, memoryStore(alone), executor);
    assert.equal(differences(image.tree, elsewhere, model.fidelity), []);
    assert.ok(sum(executor.verified) > 0);
  });
}

for (const [what, change] of [
  ['longer', 1],
  ['shorter', -1],
] as const) {
  test(`an object stored as it is that is ${what} than its content is found, wherever it lies`, async () => {
    const model = await createModel('files|whole|none|objects|get');
    const executor = watched(createPieceMemory(1 << 24));
    const packed = await model.pack(imageWith(3), executor);
    const store = memoryStore(packed);
    const { digests, count } = packed.objects;
    for (let number = 0; number < count; number++) {
      const altered = Buffer.from(digests.subarray(32 * number, 32 * number + 32)).toString('hex');
      const resized: typeof store = {
        ...store,
        object(name) {
          const source = store.object(name);
          if (name !== altered) return source;
          return new Rope().append(new Rope().append(source).zeros(1), 0, source.length + change);
        },
      };
      let error: unknown;
      await model.unpack(packed.manifest, resized, executor).catch((thrown: unknown) => {
        error = thrown;
      });
      assert.instance(error, VerificationError);
    }
  });
}

test('a stored piece that differs from the one that was restored is found, and so is one for other content', async () => {
  const model = await createModel('catar');
  const memory = createPieceMemory(1 << 24);
  const image = imageWith(3);
  const executor = watched(memory);
  const packed = await model.pack(image, executor);
  const store = memoryStore(packed);
  await model.unpack(packed.manifest, store, executor);
  const changed = (change: (bytes: Uint8Array) => void): typeof store => {
    let isFirst = true;
    return {
      ...store,
      object(name) {
        const bytes = readAll(store.object(name));
        if (isFirst) change(bytes);
        isFirst = false;
        return new MemorySource(bytes);
      },
    };
  };
  const refused = async (other: typeof store): Promise<void> => {
    let error: unknown;
    await model.unpack(packed.manifest, other, executor).catch((thrown: unknown) => {
      error = thrown;
    });
    assert.instance(error, Error);
  };
  await model.unpack(
    packed.manifest,
    changed(() => {}),
    executor,
  );
  await refused(changed((bytes) => (bytes[bytes.length >> 1]! ^= 1)));
  const swapped = new Map<string, string>();
  const { digests, count } = packed.objects;
  const names = Array.from({ length: count }, (_, number) =>
    Buffer.from(digests.subarray(32 * number, 32 * number + 32)).toString('hex'),
  );
  swapped.set(names[0]!, names[1]!);
  await refused({ ...store, object: (name) => store.object(swapped.get(name) ?? name) });
});

test('contents that the executor did not digest itself are decompressed', async () => {
  const model = await createModel('catar');
  const memory = createPieceMemory(1 << 24);
  const image = imageWith(3);
  const first = watched(memory);
  const packed = await model.pack(image, first);
  await model.unpack(packed.manifest, memoryStore(packed), first);
  const other = watched(memory);
  const tree = await model.unpack(packed.manifest, memoryStore(packed), other);
  assert.equal(differences(image.tree, tree, model.fidelity), []);
  assert.ok(sum(first.verified) > 0);
  assert.is(sum(other.kept), sum(first.verified));
});

test.run();
