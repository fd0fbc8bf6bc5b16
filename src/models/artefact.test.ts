import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inline } from '../objects/executor.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { noise } from '../testing/noise.ts';
import { inDirectory } from '../testing/shell.ts';
import { sketchTree } from '../testing/trees.ts';
import { pooled } from '../workers/pooled.ts';
import { packArtefact, writeArtefact } from './artefact.ts';
import { createModel } from './mod.ts';

/** Twenty contents, each in two directories, so that threads meet the same one. */
const files = Array.from({ length: 40 }, (_, number) => [
  `directory-${number % 2}/file-${number >> 1}`,
  { content: noise(700 * (number >> 1), number >> 1) },
]);
const image = imageOfTars(readAll(treeToTar(sketchTree(Object.fromEntries(files)))));

/** Every file below a directory, with its bytes. */
function contentsOf(directory: string): ReadonlyMap<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names
      .filter((name) => statSync(join(directory, name)).isFile())
      .map((name) => [name, readFileSync(join(directory, name)).toString('base64')]),
  );
}

test('objects that are stored as they are made are those that are stored afterwards', async () => {
  const executor = pooled(2);
  try {
    await inDirectory(async (directory) => {
      for (const alias of ['per-file', 'catar', 'casync', 'ostree', 'restic', 'oci-gzip']) {
        const model = await createModel(alias);
        const [apart, at] = [`${alias}-apart`, `${alias}-at-once`].map((name) =>
          join(directory, name),
        ) as [string, string];
        await writeArtefact(await model.pack(image, inline), apart, inline);
        await packArtefact(model, image, at, executor);
        const wanted = contentsOf(apart);
        assert.ok(wanted.size > 3, alias);
        assert.equal(contentsOf(at), wanted, alias);
      }
    });
  } finally {
    await executor.close();
  }
});

test('where packing fails nothing of it stays', async () => {
  const model = await createModel('per-file');
  const broken = { ...image, tree: { ...image.tree, sources: [] } };
  await inDirectory(async (directory) => {
    const out = join(directory, 'above', 'out');
    let failed = false;
    await packArtefact(model, broken, out, inline).catch(() => {
      failed = true;
    });
    assert.ok(failed);
    assert.equal(readdirSync(directory), []);
  });
});

test.run();
