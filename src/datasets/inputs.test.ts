import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { errorOf, refused } from '../testing/archives.ts';
import { noise } from '../testing/noise.ts';
import { offlineContext } from '../testing/offline.ts';
import { sketchTree } from '../testing/trees.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { fetchImage, openDataset } from './mod.ts';

const test = suite<{ directory: string }>('inputs');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-inputs-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const tar = readAll(treeToTar(sketchTree({ file: { content: noise(5000) } })));
const whole = gzipSync(tar);
/** Of what is inside nothing can be had. */
const damaged = whole.slice();
damaged.fill(0xff, 10, 200);

const read = (words: readonly string[], isSingle = false): Promise<Inputs> =>
  readInputs(words, { manifestOf: () => undefined, note() {}, command: 'bench run', isSingle });

test('a damaged archive is refused alone, and costs its own cells among others', async ({
  directory,
}) => {
  const place = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(directory, name), bytes);
    return join(directory, name);
  };
  const good = place('good.tar', tar);
  for (const bad of [
    place('bad.tgz', damaged),
    place('cut.tgz', whole.subarray(0, 300)),
    place('cut.tar', tar.subarray(0, 2000)),
  ]) {
    await refused(read([bad]), /./);
    const inputs = await read([good, bad, good]);
    assert.equal('images' in inputs && inputs.images, [good, bad, good]);
    const dataset = await openDataset([good, bad]);
    const context = offlineContext(directory);
    const [one, other] = dataset.images;
    assert.is((await fetchImage(dataset, one!.id, context)).id, 'good.tar');
    if (bad.endsWith('tgz')) {
      const error = await errorOf(fetchImage(dataset, other!.id, context));
      assert.match(String(error), /^InputError/);
      assert.ok(String(error).includes(`(image ${other!.id}, `), String(error));
    }
  }
  await refused(read([join(directory, 'bad.tgz')], true), /./);
  const text = place('text.gz', gzipSync(noise(1000)));
  await refused(read([good, text]), /is compressed, and holds no tar/);
});

test('a damaged archive is one of a folder of archives, by its name', async ({ directory }) => {
  writeFileSync(join(directory, 'a.tgz'), whole);
  writeFileSync(join(directory, 'b.tgz'), damaged);
  const inputs = await read([directory]);
  assert.equal('images' in inputs && inputs.images, [
    join(directory, 'a.tgz'),
    join(directory, 'b.tgz'),
  ]);
  writeFileSync(join(directory, 'c'), damaged);
  await refused(read([directory]), /beside what is none \(c\)/);
});

test('a directory may have a link that leads in a circle', async ({ directory }) => {
  symlinkSync('bin', join(directory, 'bin'));
  mkdirSync(join(directory, 'etc'));
  assert.equal('images' in (await read([directory])), true);
});

test.run();
