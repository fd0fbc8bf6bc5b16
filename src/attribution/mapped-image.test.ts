import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VerificationError } from '../errors.ts';
import { measure } from '../models/cell.ts';
import { resolveChain } from '../models/choices.ts';
import { createModel, presets } from '../models/mod.ts';
import { digestAt } from '../packers/blobs.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import { readRange } from '../streams/source.ts';
import { imageIn } from '../testing/images.ts';
import { inDirectory } from '../testing/shell.ts';
import { ownedTree, richTree } from '../testing/trees.ts';
import { mapImage } from './mapped-image.ts';

for (const { alias, chain } of presets) {
  test(`13 what a map of ${alias} says is a chunk has the digest of its object`, async () => {
    await inDirectory(async (directory) => {
      for (const [number, tree] of [richTree(), ownedTree()].entries()) {
        const image = imageIn(directory, `i${number}`, tree);
        const inventory = await measure(image, await createModel(chain));
        const mapped = mapImage(image, inventory);
        const { choices } = resolveChain(inventory.model);
        const { streams } = createSerialiser(choices.serialiser.id).serialise(image);
        const ends = streams.map(() => 0);
        for (const { object, stream, offset, length } of mapped.chunks) {
          assert.is(offset, ends[stream]);
          ends[stream] = offset + length;
          const bytes = readRange(streams[stream]!.bytes, offset, length);
          const digest = createHash('sha256').update(bytes).digest('hex');
          assert.is(digest, digestAt(inventory.objects, object));
        }
        assert.equal(
          ends,
          streams.map(({ bytes }) => bytes.length),
        );
      }
    });
  });
}

test('13 a summary of another image is found out', async () => {
  await inDirectory(async (directory) => {
    const model = await createModel('per-file');
    const [one, other] = [richTree(), ownedTree()].map((tree, number) =>
      imageIn(directory, `i${number}`, tree),
    );
    const inventory = await measure(other!, model);
    const { sequence, ...without } = inventory;
    for (const wrong of [inventory, { ...without, sequence: sequence!.slice(1) }, without]) {
      assert.throws(
        () => mapImage(wrong === inventory ? one! : other!, wrong),
        (error: unknown) =>
          error instanceof VerificationError && /not cut as when/.test(String(error)),
      );
    }
  });
});

test.run();
