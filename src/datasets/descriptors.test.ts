import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { showDataset } from '../commands/show.ts';
import { InputError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { openImage } from '../images/open.ts';
import { errorOf } from '../testing/archives.ts';
import { directorySuite } from '../testing/directory.ts';
import { type Blob, blobPath, named, putBlob, putIndex } from '../testing/layouts.ts';
import { offlineContext } from '../testing/offline.ts';
import { sampleTars, sha256, TYPES } from '../testing/registry.ts';
import { adHocDataset } from './mod.ts';
import { type OciLayoutSource, ociLayout } from './oci-layout.ts';

/** Descriptors that other tools read though something is left out, and ones that nobody can read. */

const test = directorySuite<{ directory: string; layout: string }>('descriptors');

test.before.each((context) => {
  context.layout = join(context.directory, 'layout');
  mkdirSync(join(context.layout, 'blobs', 'sha256'), { recursive: true });
});

const { manifest: MANIFEST, index: INDEX, layer: LAYER, config: CONFIG } = TYPES;

function putImage(
  layout: string,
  more: Readonly<Record<string, unknown>> = {},
  tar: Uint8Array = sampleTars[0]!,
): Blob {
  const layers = [putBlob(layout, LAYER, tar)];
  const rootfs = { type: 'layers', diff_ids: [sha256(tar)] };
  const config = putBlob(layout, CONFIG, { os: 'linux', architecture: 'amd64', rootfs });
  return putBlob(layout, MANIFEST, { schemaVersion: 2, config, layers, ...more });
}

function read(directory: string, more: Partial<OciLayoutSource> = {}): Promise<ImageDescriptor> {
  const source = { type: 'oci-layout', path: 'layout', ...more } as const;
  return ociLayout.fetch(source, { id: 'x' }, undefined, offlineContext(directory));
}

/** As JSON says what is listed without a media type. */
const untyped = ({ digest, size }: Blob): Blob => ({ digest, size }) as Blob;

test('null is read as nothing, as skopeo and whatever is written in Go read it', async ({
  directory,
  layout,
}) => {
  const image = putImage(layout);
  putIndex(layout, [image]);
  const plain = await read(directory);
  const nothing = { platform: null, annotations: null, artifactType: null, data: null };
  putIndex(layout, [{ ...image, ...nothing } as never]);
  assert.equal(await read(directory), plain);
  const rootfs = { type: 'layers', diff_ids: null };
  const config = putBlob(layout, CONFIG, { os: 'linux', variant: null, rootfs });
  putIndex(layout, [putImage(layout, { mediaType: null, config, layers: null })]);
  assert.equal((await read(directory)).layers, []);
});

test('what is listed without a media type is read by its content, with a warning', async ({
  directory,
  layout,
}) => {
  const image = putImage(layout);
  putIndex(layout, [image]);
  const { warnings: none, ...plain } = await read(directory);
  assert.is(none, undefined);
  for (const mediaType of [undefined, MANIFEST, TYPES.dockerManifest]) {
    const one = mediaType === undefined ? image : putImage(layout, { mediaType });
    putIndex(layout, [untyped(one)]);
    const { warnings, ...found } = await read(directory);
    assert.equal(found, plain);
    assert.equal(warnings, [
      `${one.digest} is listed without a media type, and read as ${mediaType ?? MANIFEST}`,
    ]);
  }
  const platform = { os: 'linux', architecture: 'amd64' };
  const inner = putBlob(layout, INDEX, { manifests: [{ ...untyped(image), platform }] });
  putIndex(layout, [untyped(inner)]);
  const { layers, warnings } = await read(directory, { platform: 'linux/amd64' });
  assert.equal(layers, plain.layers);
  assert.is(warnings?.length, 1);
  putIndex(layout, [untyped(putBlob(layout, MANIFEST, { schemaVersion: 2 }))]);
  assert.match(String(await errorOf(read(directory))), /InputError: no media type/);
});

test('a media type that the bytes contradict is told as such', async ({ directory, layout }) => {
  const image = putImage(layout);
  const inner = putBlob(layout, INDEX, { manifests: [image] });
  const says = 'correct the descriptor in the list that names it';
  for (const [listed, cause] of [
    [
      { ...image, mediaType: INDEX },
      `by its fields it is an image manifest, its descriptor says ${INDEX}`,
    ],
    [
      { ...inner, mediaType: MANIFEST },
      `by its fields it is an image index, its descriptor says ${MANIFEST}`,
    ],
    [
      { ...putImage(layout, { mediaType: MANIFEST }), mediaType: INDEX },
      `it says it is ${MANIFEST}, its descriptor says ${INDEX}`,
    ],
  ] as const) {
    putIndex(layout, [listed]);
    const error = await errorOf(read(directory));
    assert.instance(error, InputError);
    for (const text of [cause, says]) assert.ok(String(error).includes(text), String(error));
    assert.not.match(String(error), /Invalid input/);
  }
});

test('what is listed without a media type and is not there is told to be missing', async ({
  directory,
  layout,
}) => {
  const image = putImage(layout);
  putIndex(layout, [untyped(image)]);
  rmSync(blobPath(layout, image.digest));
  assert.match(String(await errorOf(read(directory))), /is listed, and not there/);
});

test('another platform is offered only where there may be one', async ({ directory, layout }) => {
  const image = putImage(layout);
  const platform = { os: 'linux', architecture: 'amd64' };
  const inner = putBlob(layout, INDEX, { manifests: [{ ...image, platform }] });
  rmSync(blobPath(layout, sha256(sampleTars[0]!)));
  putIndex(layout, [image]);
  assert.match(String(await errorOf(read(directory))), /not there .* copy the image again$/);
  putIndex(layout, [inner]);
  assert.match(String(await errorOf(read(directory))), /not there .* with --platform$/);
});

test('an image for two platforms is called by its name beside another image', async ({
  directory,
  layout,
}) => {
  const on = (architecture: string, name: string, digest: string): Blob =>
    ({
      ...putImage(layout, { annotations: { digest } }),
      platform: { os: 'linux', architecture },
      ...named(name),
    }) as Blob;
  putIndex(layout, [on('arm64', 'v1', 'a'), on('amd64', 'v1', 'b'), on('amd64', 'v2', 'c')]);
  assert.match(
    String(await errorOf(read(directory))),
    /3 images, .*: v1 \(linux\/arm64\), v1 \(linux\/amd64\), v2 \(linux\/amd64\)$/,
  );
});

test('a layer that is text is not told to be cut', async ({ directory, layout }) => {
  putIndex(layout, [putImage(layout, {}, Buffer.from('hello world'))]);
  const image = await read(directory);
  assert.throws(() => openImage(image), /11 bytes are no tar archive/);
  assert.throws(
    () => openImage(image),
    (error: unknown) => !/cut short|fetch it again/.test(String(error)),
  );
});

test('control characters of a reference do not reach a terminal', async ({ directory, layout }) => {
  const reference = 'v\u001b[31m\u202ex';
  putIndex(layout, [
    { ...putImage(layout), ...named(reference) },
    { ...putImage(layout, { a: 1 }), ...named('b') },
  ]);
  const dataset = await adHocDataset(`${layout}#${reference}`);
  let shown = '';
  for await (const text of showDataset(dataset, offlineContext(directory))) shown += text;
  assert.not.match(shown.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  assert.is(shown.split('v\\u{1b}[31m\\u{202e}x').length, 2, shown);
});

test.run();
