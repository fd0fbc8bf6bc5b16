import { createModel } from '../../models/mod.ts';
import type { Model } from '../../models/model.ts';
import { inline } from '../../objects/executor.ts';
import { digestAt, eachStored } from '../../packers/blobs.ts';
import type { Packed, Store } from '../../packers/packer.ts';
import { memoryStore, partOf } from '../../packers/store.ts';
import { treeToTar } from '../../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../../streams/source.ts';
import { imageOfTars } from '../images.ts';
import { noise } from '../noise.ts';
import { richTree, sketchTree } from '../trees.ts';
import { checkTree } from './trees.ts';

/** Packed images of which one part is not what it was: the store of somebody else, who wrote digests that fit. */

/** Every reader of a packer, a serialiser and a codec; most without compression, which would hide what is behind it. */
const CHAINS = [
  'layers|whole|gzip:1|layers|get',
  'tar|whole|zstd-seekable:level=1,frame=1KiB|layers|get',
  'packages:layers=2|whole|none|layers|get',
  'files|fixed:size=1KiB|none|objects|get',
  'files|whole|none|blob|range',
  'files|whole|zstd:1|packs:size=4KiB,chunks=3|get',
  'catar|fixed:size=1KiB|none|objects|get',
  'catar|whole|none|layers|get',
  'catar|fixed:size=1KiB|none|blob|range',
  'catar|fixed:size=1KiB|none|packs:size=4KiB|range',
  'catar|fixed:size=1KiB|none|manifest|get',
  'stream:order=extension|fixed:size=1KiB|none|manifest|get',
  'merkle-files|fixed:size=1KiB|none|objects|get',
  'merkle-files|whole|gzip:1|objects|get',
  'layer-files|whole|gzip:1|estargz|get',
  'tar-files:least=1|whole|zstd:1|zstd-chunked|range',
  'layer-files|whole|zstd:1|offset-map|range',
] as const;

/** One part of what was packed: a manifest, a blob or a loose object, by name. */
export interface Part {
  readonly model: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface Sample {
  readonly model: Model;
  readonly packed: Packed;
}

const MANIFEST = 'manifest';
const image = imageOfTars(
  readAll(treeToTar(richTree())),
  readAll(treeToTar(sketchTree({ body: { content: noise(3000, 1) }, '.wh.etc': {} }))),
);
const samples: ReadonlyMap<string, Sample> = new Map(
  await Promise.all(
    CHAINS.map(async (chain) => {
      const model = await createModel(chain);
      return [model.id, { model, packed: await model.pack(image, inline) }] as const;
    }),
  ),
);

export const parts: readonly Part[] = [...samples].flatMap(([model, { packed }]) => {
  const { manifest, output, objects, stored } = packed;
  const all: Part[] = [{ model, name: MANIFEST, bytes: manifest }];
  for (const { descriptor, bytes } of output.layers) {
    all.push({ model, name: descriptor.digest, bytes: readAll(bytes) });
  }
  if (!output.loose) return all;
  const pieces = [...eachStored({ stored })].map(readAll);
  return [...all, ...pieces.map((bytes, at) => ({ model, name: digestAt(objects, at), bytes }))];
});

/** Unpacks an image of which one part was changed, and checks that what comes of it is a tree. */
export async function unpackWith(changed: Part): Promise<void> {
  const { model, packed } = samples.get(changed.model)!;
  const store = memoryStore(packed);
  const other = (name: string, source: () => ByteSource): ByteSource =>
    name === changed.name ? new MemorySource(changed.bytes) : source();
  const altered: Store = {
    blob: (digest) => other(digest, () => store.blob(digest)),
    range: (digest, offset, length) =>
      partOf(
        other(digest, () => store.blob(digest)),
        offset,
        length,
        {},
      ),
    object: (name) => other(name, () => store.object(name)),
  };
  const manifest = changed.name === MANIFEST ? changed.bytes : packed.manifest;
  checkTree(await model.unpack(manifest, altered, inline));
}
