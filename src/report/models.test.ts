import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../models/mod.ts';
import { presets } from '../models/presets.ts';
import type { RunModel } from '../results/run.ts';
import { sampleInfo } from '../testing/sample-run.ts';
import { familyLabel, familyOf, labelModels, lookOf } from './models.ts';

function modelsOf(...texts: readonly string[]): readonly RunModel[] {
  return sampleInfo(resolveModels(texts).map((id) => ({ id }))).models;
}

test('chunk sizes of one chain are one family, whatever min and max', () => {
  const [small, large, other] = modelsOf(
    'catar|fastcdc:avg=4KiB|none|objects|get',
    'catar|fastcdc:avg=1MiB|none|objects|get',
    'catar|fastcdc:avg=4KiB,nc=2|none|objects|get',
  );
  assert.is(familyOf(small!.id).family, familyOf(large!.id).family);
  assert.not.equal(familyOf(small!.id).family, familyOf(other!.id).family);
  assert.is(familyOf(small!.id).average, 4096);
  assert.is(familyOf(large!.id).average, 2 ** 20);
  assert.is(familyLabel(familyOf(small!.id).family), 'catar fastcdc none');
});

test('labels are short where that is unambiguous, else with what differs', () => {
  const models = modelsOf(
    'catar|fastcdc:avg=4KiB|none|objects|get',
    'catar|fastcdc:avg=8KiB|zstd:level=3|blob|range',
    'catar|fastcdc:avg=8KiB|zstd:level=9|blob|range',
  );
  const labels = labelModels([...models, { ...models[0]!, id: 'x', alias: 'catar' }]);
  assert.equal(
    [...labels.values()],
    [
      'catar fastcdc 4 KiB none',
      'catar fastcdc 8 KiB zstd blob level=3',
      'catar fastcdc 8 KiB zstd blob level=9',
      'catar',
    ],
  );
});

test('labels of external models are their values; what is usual is left out', () => {
  const models = modelsOf('xdelta3', 'zstd-patch:level=3,predecessors={1,4}', 'bsdiff', 'squashfs');
  assert.equal(
    [...labelModels(models).values()],
    ['xdelta3 9 lzma', 'zstd-patch 3', 'zstd-patch 3 from 4', 'bsdiff', 'squashfs 128KiB gzip'],
  );
});

test('a model looks the same whatever else is in the run, and unlike its neighbours', () => {
  const family = modelsOf('catar|fastcdc:avg=4KiB..1MiB|none|objects|get');
  const colours = family.map((model) => lookOf(model).colour);
  assert.is(new Set(colours).size, 9);
  assert.equal(new Set(family.map((model) => lookOf(model).shape)).size, 1);
  for (const colour of colours) assert.match(colour, /^#[0-9a-f]{6}$/);
  const plain = ['oci-gzip', 'tar-zstd', 'per-file', 'catar', 'catar-blob'];
  const looks = plain.map((alias) => lookOf({ ...family[0]!, alias }));
  assert.is(new Set(looks.map(({ colour }) => colour)).size, 5);
  assert.is(new Set(looks.map(({ shape }) => shape)).size, 5);
  const all = presets.map(({ alias }) => lookOf({ ...family[0]!, alias }));
  assert.is(new Set(all.map(({ colour, shape }) => `${colour} ${shape}`)).size, presets.length);
});

test.run();
