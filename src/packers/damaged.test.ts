import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { sketchTree } from '../testing/trees.ts';
import { readManifest } from './manifest.ts';
import { LENGTH_ANNOTATION, type Manifest, type Store } from './packer.ts';
import { memoryStore, partOf } from './store.ts';

/** What readers of packed images were once misled by: each ends in an error that says what is wrong. */

const image = imageOfTars(readAll(treeToTar(sketchTree({ a: { content: 'x'.repeat(5000) } }))));

interface Changes {
  manifest?(manifest: Manifest): unknown;
  /** Changes a copy of the only layer that has the index. */
  index?(bytes: DataView): void;
}

async function refusal(chain: string, { manifest, index }: Changes, of = image): Promise<string> {
  const model = await createModel(chain);
  const packed = await model.pack(of, inline);
  const whole = memoryStore(packed);
  const [layer] = readManifest(packed.manifest).layers;
  const changed = readAll(whole.blob(layer!.digest));
  index?.(new DataView(changed.buffer));
  const blob = (digest: string): ByteSource =>
    digest === layer!.digest ? new MemorySource(changed) : whole.blob(digest);
  const store: Store = {
    ...whole,
    blob,
    range: (digest, offset, length) => partOf(blob(digest), offset, length, {}),
  };
  const json = JSON.parse(new TextDecoder().decode(packed.manifest)) as Manifest;
  const bytes = new TextEncoder().encode(JSON.stringify(manifest ? manifest(json) : json));
  try {
    await model.unpack(bytes, store, inline);
  } catch (error) {
    return String(error);
  }
  return 'nothing was refused';
}

const PACKS = 'catar|fixed:size=1KiB|none|packs:size=4KiB|range';
const BLOB = 'catar|fixed:size=1KiB|none|blob|range';
const LISTED = 'catar|fixed:size=1KiB|none|manifest|get';

test('manifests that are none, and descriptors that are none', async () => {
  assert.throws(() => readManifest(new TextEncoder().encode('{"a":')), /is not JSON/);
  for (const text of ['null', '[]', '{}', '{"annotations":null}', '1']) {
    assert.throws(() => readManifest(new TextEncoder().encode(text)), /not packed by ocibench/);
  }
  const says = (layers: unknown): Promise<string> =>
    refusal(BLOB, { manifest: (manifest) => ({ ...manifest, layers }) });
  assert.match(await says({}), /InputError: the manifest lists no layers/);
  const good = { mediaType: 'x', digest: `sha256:${'0'.repeat(64)}`, size: 1 };
  for (const wrong of [
    null,
    'x',
    { ...good, digest: 'sha256:../../x' },
    { ...good, size: -1 },
    { ...good, size: 0.5 },
    { ...good, mediaType: 1 },
  ]) {
    assert.match(await says([good, wrong]), /InputError: layer 1 of the manifest is no descriptor/);
  }
});

test('lengths that no disk holds', async () => {
  const two = imageOfTars(
    ...['x', 'y'].map((content) => readAll(treeToTar(sketchTree({ [content]: { content } })))),
  );
  const says = (length: number): Promise<string> => {
    const manifest = (given: Manifest): unknown => ({
      ...given,
      layers: given.layers.map((layer) => ({
        ...layer,
        annotations: { ...layer.annotations, [LENGTH_ANNOTATION]: String(length) },
      })),
    });
    return refusal('layers|whole|gzip:1|layers|get', { manifest }, two);
  };
  assert.match(await says(2 ** 32), /^VerificationError/);
  assert.match(
    await says(10 ** 15 - 1),
    /^InputError: the objects are said to hold 1999999999999998 bytes/,
  );
});

test('layers that are left out', async () => {
  const without = (from: number): Changes => ({
    manifest: (manifest) => ({ ...manifest, layers: manifest.layers.slice(0, from) }),
  });
  assert.match(await refusal(BLOB, without(0)), /InputError: the manifest lists no blob/);
  assert.match(await refusal(PACKS, without(0)), /InputError: the manifest lists no index/);
  assert.match(await refusal(PACKS, without(1)), /InputError: the manifest lists no packs/);
  assert.match(await refusal(LISTED, without(1)), /InputError: the manifest lists no chunk 0/);
});

test('an index that starts behind the blob', async () => {
  const manifest = ({ layers: [layer], ...rest }: Manifest): unknown => {
    const annotations = { ...layer!.annotations, 'org.ocibench.index.offset': '999999' };
    return { ...rest, layers: [{ ...layer, annotations }] };
  };
  assert.match(await refusal(BLOB, { manifest }), /InputError: the index starts at 999999 of \d+/);
});

test('index tables that state more than there is: nothing is allocated for them', async () => {
  const at = (offset: number, value: number): Changes => ({
    index: (view) => view.setUint32(offset, value, true),
  });
  assert.match(await refusal(PACKS, at(0, 0)), /InputError: there is no index here/);
  // Magic of 8 bytes, count of objects, count of streams; 40 bytes an object; length of a stream, numbers.
  assert.match(await refusal(PACKS, at(8, 0xffffffff)), /InputError: the index ends early/);
  assert.match(await refusal(PACKS, at(12, 0xffffffff)), /InputError: the index ends early/);
  const model = await createModel(PACKS);
  const { objects } = await model.pack(image, inline);
  const stream = 16 + 40 * objects.count;
  assert.match(await refusal(PACKS, at(stream, 0xffffffff)), /InputError: the index ends early/);
  assert.match(await refusal(PACKS, at(stream + 4, 77)), /InputError: there is no object 77/);
});

test.run();
