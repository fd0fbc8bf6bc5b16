import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../errors.ts';
import { refused } from '../testing/archives.ts';
import { sha256, TYPES } from '../testing/registry.ts';
import { type Documents, findManifest, readImageDocuments } from './documents.ts';
import type { Descriptor } from './image.ts';

/** Documents in memory, by digest. */
class Shelf implements Documents {
  readonly #documents = new Map<string, Uint8Array>();

  put(mediaType: string, content: unknown): Descriptor {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const bytes = new TextEncoder().encode(text);
    const digest = sha256(bytes);
    this.#documents.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  async read({ digest }: Descriptor): Promise<Uint8Array> {
    const bytes = this.#documents.get(digest);
    if (!bytes) throw new InputError('not there', { layer: digest });
    return bytes;
  }

  where({ digest }: Descriptor): { layer: string } {
    return { layer: digest };
  }

  /** A manifest of one layer, changed; the configuration fits unless that is changed too. */
  image(changes: Readonly<Record<string, unknown>> = {}, diffIds = [sha256(LAYER)]): Descriptor {
    const config = this.put(TYPES.config, { rootfs: { type: 'layers', diff_ids: diffIds } });
    const manifest = { schemaVersion: 2, config, layers: [layer()], ...changes };
    return this.put(TYPES.manifest, manifest);
  }
}

const LAYER = new TextEncoder().encode('content of a layer');
const layer = (changes: Readonly<Record<string, unknown>> = {}): object => ({
  mediaType: TYPES.layer,
  digest: sha256(LAYER),
  size: LAYER.length,
  ...changes,
});
const linux = { os: 'linux', architecture: 'amd64' };

const refuseImage = async (
  changes: Readonly<Record<string, unknown>>,
  says: RegExp,
): Promise<void> => {
  const shelf = new Shelf();
  await refused(readImageDocuments(shelf.image(changes), shelf), says);
};

test('46 documents that are no JSON, or that two readers understand differently, are refused', async () => {
  const shelf = new Shelf();
  const image = JSON.stringify({ config: layer(), layers: [] });
  for (const [text, says] of [
    ['', /not JSON/],
    ['[]', /an array where an object is expected/],
    ['null', /null where an object is expected/],
    [image.replace(']', ',]'), /not JSON/],
    [`${image}x`, /not JSON/],
    [image.replace('{', '{"layers":[],'), /'layers' is there twice/],
    [image.replace('{', '{"annotations":{"a":"\\ud800"},'), /half a surrogate/],
    [`${'['.repeat(1e6)}${']'.repeat(1e6)}`, /nested more than 100 deep/],
  ] as const) {
    await refused(readImageDocuments(shelf.put(TYPES.manifest, text), shelf), says);
  }
  const large = shelf.put(TYPES.manifest, ' '.repeat((4 << 20) + 1));
  await refused(readImageDocuments(large, shelf), /a manifest of 4194305 bytes/);
});

test('48 sizes that are none are refused, and sizes that are not those of the content', async () => {
  for (const size of [-1, 1.5, '18', 2 ** 60, null, [18]]) {
    await refuseImage({ layers: [layer({ size })] }, /expected|too (small|big)|>=0|int/i);
  }
  const shelf = new Shelf();
  const image = shelf.image();
  for (const step of [-1, 1]) {
    const wrong = { ...image, size: image.size + step };
    await refused(readImageDocuments(wrong, shelf), /got \d+ bytes instead of \d+/);
  }
  const rounded = `{"config":${JSON.stringify(layer())},"layers":[{"mediaType":"x","digest":"${sha256(LAYER)}","size":9007199254740993}]}`;
  await refused(readImageDocuments(shelf.put(TYPES.manifest, rounded), shelf), /int/i);
});

test('49 digests of another form or algorithm are refused', async () => {
  const hex = sha256(LAYER).slice('sha256:'.length);
  for (const digest of [
    `sha256:${hex.toUpperCase()}`,
    `sha256:${hex.slice(1)}`,
    `sha512:${hex}${hex}`,
    'sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'md5:d41d8cd98f00b204e9800998ecf8427e',
    'sha256:../../x',
    ` sha256:${hex}`,
    `sha256:${hex}\n`,
    hex,
  ]) {
    await refuseImage({ layers: [layer({ digest })] }, /must match pattern/);
  }
});

test('50 the image of a platform is found among attestations, duplicates and what has no platform', async () => {
  const shelf = new Shelf();
  const [first, second] = [shelf.image(), shelf.image({ annotations: { a: 'b' } })];
  const attestation = { ...second, platform: { os: 'unknown', architecture: 'unknown' } };
  const index = (...manifests: readonly object[]): Descriptor =>
    shelf.put(TYPES.index, { schemaVersion: 2, manifests });
  const found = await findManifest(
    index(second, attestation, { ...first, platform: linux }, { ...second, platform: linux }),
    'linux/amd64',
    shelf,
  );
  // image-index.md: the first that matches.
  assert.is(found.digest, first.digest);
  await refused(
    findManifest(index(attestation), 'linux/amd64', shelf),
    /no image for linux\/amd64/,
  );
  await refused(findManifest(index(), 'linux/amd64', shelf), /no image for/);
});

test('50 indexes nest as deep as images do, and 10⁵ manifests are too many', async () => {
  const shelf = new Shelf();
  let nested: Descriptor = shelf.image();
  const image = nested.digest;
  for (let depth = 1; depth <= 100; depth++) {
    const manifests = [{ ...nested, platform: linux }];
    nested = shelf.put(TYPES.index, { schemaVersion: 2, manifests });
    const found = findManifest(nested, 'linux/amd64', shelf);
    if (depth <= 9) assert.is((await found).digest, image);
    else await refused(found, /indexes nest too deep/);
  }
  const manifests = new Array(100_000).fill(layer());
  const many = shelf.put(TYPES.index, { schemaVersion: 2, manifests });
  await refused(findManifest(many, 'linux/amd64', shelf), /a manifest of \d+ bytes/);
});

test('51 an image may have no layer, or one twice, but not other ones than it says', async () => {
  const shelf = new Shelf();
  const none = await readImageDocuments(shelf.image({ layers: [] }, []), shelf);
  assert.equal(none.layers, []);
  const twice = shelf.image({ layers: [layer(), layer()] }, [sha256(LAYER), sha256(LAYER)]);
  assert.is((await readImageDocuments(twice, shelf)).layers.length, 2);
  await refuseImage({ layers: [layer(), layer()] }, /2 layers but 1 diff ids/);
  await refuseImage({ layers: [] }, /0 layers but 1 diff ids/);
  const config = shelf.put(TYPES.config, {
    history: [{ empty_layer: false }, { empty_layer: false }],
    rootfs: { type: 'layers', diff_ids: [sha256(LAYER)] },
  });
  // History is for people: nothing here depends on it.
  assert.is((await readImageDocuments(shelf.image({ config }), shelf)).layers.length, 1);
});

test('52 a configuration that is missing, too large or none is refused', async () => {
  const shelf = new Shelf();
  const missing = layer({ mediaType: TYPES.config });
  await refuseImage({ config: missing }, /not there/);
  await refuseImage({ config: layer({ size: (4 << 20) + 1 }) }, /a manifest of 4194305 bytes/);
  for (const content of [{}, { rootfs: {} }, { rootfs: { diff_ids: ['sha256:0'] } }, '"text"']) {
    const config = shelf.put(TYPES.config, content);
    await refused(readImageDocuments(shelf.image({ config }), shelf), /expected|pattern/i);
  }
});

test('53 data in a descriptor is the blob, or the image is refused', async () => {
  const shelf = new Shelf();
  const embed = (bytes: Uint8Array): { data: string } => ({
    data: Buffer.from(bytes).toString('base64'),
  });
  const right = shelf.image({ layers: [layer(embed(LAYER))] });
  assert.is((await readImageDocuments(right, shelf)).layers.length, 1);
  for (const wrong of [LAYER.subarray(1), LAYER.map((byte) => byte ^ 1), new Uint8Array(0)]) {
    await refuseImage({ layers: [layer(embed(wrong))] }, /not the bytes .* layers\.0\.data/);
  }
  for (const data of ['no base64!', 'a', 7]) {
    await refuseImage({ layers: [layer({ data })] }, /base64|a number where a string is expected/i);
  }
});

test('54 documents of other kinds are refused by name', async () => {
  const shelf = new Shelf();
  for (const mediaType of [
    'application/vnd.docker.distribution.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'application/vnd.oci.artifact.manifest.v1+json',
    'text/html',
    '',
  ]) {
    const document = shelf.put(mediaType, { schemaVersion: 1, fsLayers: [] });
    await refused(readImageDocuments(document, shelf), /unsupported media type|no media type/);
  }
  const empty = shelf.put('application/vnd.oci.empty.v1+json', {});
  const artefact = shelf.image({ config: empty, artifactType: 'application/x', layers: [] });
  await refused(readImageDocuments(artefact, shelf), /rootfs/);
});

test.run();
