import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { resolveLinks } from '../links/mod.ts';
import { takeContents } from '../measures/contents.ts';
import { SeriesFold } from '../measures/fold.ts';
import { measure } from '../models/cell.ts';
import { createModel, presets } from '../models/mod.ts';
import { cellInputs } from '../models/model.ts';
import { seeded } from '../stats/mod.ts';
import { directorySuite } from '../testing/directory.ts';
import { imageIn } from '../testing/images.ts';
import { lackOfTime } from '../testing/needs.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { readSpace } from './space.ts';
import { exploreUnit } from './unit.ts';

const test = directorySuite('explored chains', lackOfTime());

/** Every packer and fetcher, and every kind of codec. */
const GRIDS = [
  '{files,merkle-files,catar,tar,layers,stream}|{whole,fixed:size=4KiB,fastcdc:avg=4KiB}|{none,zstd:1,gzip:6,zstd-seekable:1}|{objects,manifest,layers}|get',
  'catar|{whole,fastcdc:avg=4KiB}|zstd-dictionary:level=1,size=4KiB|{objects,blob}|get',
  '{files,catar}|{whole,fastcdc:avg=4KiB}|{none,zstd:1}|{blob,packs:size=64KiB}|{get,range:gap=0,range:gap=64KiB,range:ranges=4}',
  '{layer-files,tar-files:least=1}|{whole,fastcdc:avg=4KiB}|gzip:6|estargz|{get,range}',
  '{layer-files,tar-files:least=1}|{whole,rollsum}|zstd:1|{zstd-chunked,offset-map}|{get,range}',
  '{layers,tar}|whole|{gzip:6,none}|ztoc:span=32KiB,least=0|{get,range}',
];

/** Files that stay, change in the middle, come, go, are alike, are empty, are zeros; a link of each kind. */
function sketches(version: number): Readonly<Record<string, Sketch>> {
  const random = seeded(9);
  const bytes = (count: number, values: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => random() * values);
  const [text, program, third] = [bytes(30_000, 6), bytes(60_000, 256), bytes(700, 20)];
  if (version > 0) program[40_000]! ^= version;
  return {
    bin: { type: 'directory' },
    'bin/program': { content: program },
    'bin/same': { content: program },
    'bin/link': { link: 'bin/program' },
    empty: { content: '' },
    etc: { type: 'directory' },
    'etc/one': { content: `version ${version}` },
    'etc/byte': { content: 'a' },
    ...(version === 1 ? { 'etc/two': { content: third } } : {}),
    text: { content: text },
    zeros: { content: new Uint8Array(20_000) },
  };
}

test('every chain has the figures of an ordinary run, to the byte', async ({ directory }) => {
  const series: readonly Image[] = [0, 1, 2, 1].map((version, index) =>
    imageIn(directory, `v${index}`, sketchTree(sketches(version))),
  );
  const images = series.map(({ descriptor }) => descriptor);
  const contents = await Promise.all(series.map(takeContents));
  const links = resolveLinks(['dsl-20ms']);
  const { models } = readSpace(GRIDS);
  assert.ok(models.length > 250 && presets.length > 20);
  const units = new Map<string, string[]>();
  for (const { id, levels } of models) {
    const key = levels.slice(0, 2).join('|');
    units.set(key, [...(units.get(key) ?? []), id]);
  }
  let compared = 0;
  for (const unit of units.values()) {
    const found = await exploreUnit({ images, contents, models: unit, links });
    for (const { model: id, measurements, error } of found) {
      assert.is(error, undefined, `${id}: ${error}`);
      const model = await createModel(id);
      const fold = new SeriesFold(model, links);
      const wanted = [];
      for (const [number, image] of series.entries()) {
        const { first } = cellInputs(model, image.descriptor, images);
        const inventory = await measure(image, model, [], first);
        wanted.push(...fold.add(inventory, contents[number]).measurements);
      }
      const known = wanted.filter((one) => one.measure !== 'reproducibility.digest');
      assert.is(JSON.stringify(measurements), JSON.stringify(known), id);
      compared++;
    }
  }
  assert.is(compared, models.length);
});

test.run();
