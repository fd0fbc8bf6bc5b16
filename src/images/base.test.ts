import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baseOf } from './base.ts';
import { imageDigest } from './digest.ts';
import type { ImageDescriptor } from './image.ts';

function image(id: string, letters: string): ImageDescriptor {
  const layers = [...letters].map((letter) => ({ diffId: `sha256:${letter}`, path: letter }));
  return {
    id,
    layers,
    digest: imageDigest(layers.map(({ diffId }) => diffId)),
    config: JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Env: [id] } }),
  };
}

test('the base is what all images have in common from below', () => {
  const base = baseOf([image('a', 'ABC'), image('b', 'ABD'), image('c', 'ABCE')]);
  assert.equal(
    base.layers.map(({ path }) => path),
    ['A', 'B'],
  );
  assert.is(base.digest, imageDigest(['sha256:A', 'sha256:B']));
  assert.equal(JSON.parse(base.config), {
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: ['sha256:A', 'sha256:B'] },
  });
});

test('an image that is the base stands for it', () => {
  const images = [image('a', 'ABC'), image('b', 'AB')];
  assert.is(baseOf(images), images[1]);
  assert.is(baseOf(images.slice(0, 1)), images[0]);
});

test('without common layers the first image is the base', () => {
  const images = [image('a', 'A'), image('b', 'B')];
  assert.is(baseOf(images), images[0]);
});

test.run();
