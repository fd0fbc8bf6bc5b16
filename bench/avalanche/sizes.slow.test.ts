import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import { treeToTar } from '../../src/serialisers/tar.ts';
import { readAll } from '../../src/streams/source.ts';
import { imageOfTars } from '../../src/testing/images.ts';
import { lackOfTime, unless } from '../../src/testing/needs.ts';
import { silent } from '../../src/testing/tiny-run.ts';
import { sketchTree } from '../../src/testing/trees.ts';
import { madeSizeOf } from './sizes.ts';

const test = unless(suite('a file of 100 MiB'), lackOfTime());
const MIB_100 = 104_857_600;

test('it is made where the image has none, and told as made', async () => {
  const image = imageOfTars(readAll(treeToTar(sketchTree({ etc: { content: 'small' } }))));
  const [model] = resolveModels(['whole-file']) as [string];
  const [finding, ...others] = await madeSizeOf(image, [{ models: [model], draws: 1 }], silent);
  assert.is(others.length, 0);
  assert.match(
    finding!.text,
    '100 MiB, made (104,857,600 bytes of noise added to the image), 5 draws',
  );
  const value = (wanted: string): number | undefined =>
    finding!.figures.find(({ parameters }) => parameters['statistic'] === wanted)?.value;
  // A flip and a replacement leave the length, three kinds add 64 bytes: the whole file moves.
  assert.equal(['n', 'p5', 'median', 'worst'].map(value), [5, MIB_100, MIB_100 + 64, MIB_100 + 64]);
});

test.run();
