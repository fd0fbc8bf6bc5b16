import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createCodec } from '../../codecs/mod.ts';
import { decompressStream, detectCompression } from '../../codecs/read.ts';
import { parseManifest } from '../../datasets/manifest.ts';
import { BenchError } from '../../errors.ts';
import { expandGrid } from '../../grids.ts';
import {
  findManifest,
  parseConfig,
  parseIndex,
  readImageDocuments,
} from '../../images/documents.ts';
import { parseReference, printReference } from '../../images/registry/reference.ts';
import { applyTarDiff } from '../../models/external/deltas/tar-diff-format.ts';
import { readErofs } from '../../models/external/file-systems/erofs-reader.ts';
import { readPayloads } from '../../models/external/tar-split/split-stream.ts';
import { resolveModels } from '../../models/mod.ts';
import { concatenate } from '../../packers/blobs.ts';
import { readRun } from '../../results/read.ts';
import { readIndex } from '../../serialisers/caidx.ts';
import { catarToTree } from '../../serialisers/catar-reader.ts';
import { flattenMerkleRoot } from '../../serialisers/merkle.ts';
import { readRoot } from '../../serialisers/root.ts';
import { MemorySource } from '../../streams/source.ts';
import { readPax } from '../../trees/pax.ts';
import { withLimits } from '../archives.ts';
import { archive, part, pax } from '../evil.ts';
import { sha256, TYPES } from '../registry.ts';
import * as corpus from './corpus.ts';
import { mendChecksums, mutated, mutatedText } from './mutate.ts';
import { type Part, parts, unpackWith } from './packed.ts';
import { checkedTree, checkTree } from './trees.ts';

/** What reads input that others wrote: whatever that is, it ends in a result that holds or in one of the typed errors. */
export interface Target {
  readonly name: string;
  /**
   * @param directory a scratch directory of the target's own
   * @param ended called after each input; what it throws counts as the input's fault
   */
  property(directory: string, ended: () => void): fc.IAsyncProperty<[unknown]>;
}

/** Anything but a typed error is a crash. */
function target<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  read: (input: Input, directory: string) => void | Promise<void>,
): Target {
  return {
    name,
    property: (directory, ended) =>
      fc.asyncProperty(inputs as fc.Arbitrary<unknown>, async (input) => {
        try {
          await read(input as Input, directory);
        } catch (error) {
          if (!(error instanceof BenchError)) throw error;
        }
        ended();
      }),
  };
}

const NAMES = [
  'a',
  'a/b',
  'a/b/c',
  'd',
  'd/',
  './',
  '/a',
  '..',
  'a/../d',
  'l',
  'l/x',
  '.wh.a',
  'a/.wh.b',
];
const WHITEOUTS = [
  '.wh..wh..opq',
  'a/.wh..wh..opq',
  '.wh.',
  '.wh...',
  '.wh.d/x',
  '.wh..wh.plnk',
  'l/.wh.b',
];
const name = fc.constantFrom(...NAMES, ...WHITEOUTS);

/** Few names and links among them, so that entries meet. */
const layer = fc
  .array(
    fc.record({
      name,
      type: fc.constantFrom('0', '0', '5', '5', '1', '2', '3', '6'),
      link: fc.constantFrom('a', 'd', 'l', '/', '..', 'a/b', '../x', '/a/b'),
      content: fc.constantFrom('', '', 'x', 'content'),
      mode: fc.nat(0o7777),
    }),
    { maxLength: 8 },
  )
  .map((parts) =>
    archive(...parts.map((one) => part({ ...one, content: one.type === '0' ? one.content : '' }))),
  );

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const changedPart: fc.Arbitrary<Part> = fc
  .constantFrom(...parts)
  .chain((one) => mutated([one.bytes]).map((bytes) => ({ ...one, bytes })));

/** Directories of a divided root and the root itself, whatever their digests say. */
const changedMerkle = fc.record({
  root: mutated([corpus.merkle.root]),
  objects: fc.tuple(...corpus.merkle.objects.map((bytes) => mutated([bytes]))),
});

const anyId = fc.oneof(mutatedText(corpus.ids), fc.string({ unit: 'binary', maxLength: 60 }));

const zstd = await createCodec('zstd:1');

export const targets: readonly Target[] = [
  target('tar', mutated(corpus.archives).map(mendChecksums), (bytes) => checkedTree([bytes])),
  target('tar, checksums as they are', mutated(corpus.archives), (bytes) => checkedTree([bytes])),
  target('pax', mutatedText(corpus.paxBodies), (body) => {
    readPax(new Uint8Array(Buffer.from(body, 'latin1')), {});
    checkedTree([
      archive(part({ name: 'pax', type: 'x', content: body }), part({ content: 'hello' })),
    ]);
  }),
  target(
    'pax records',
    fc.dictionary(
      fc.constantFrom(
        'path',
        'linkpath',
        'size',
        'mtime',
        'uid',
        'GNU.sparse.map',
        'GNU.sparse.size',
        'GNU.sparse.major',
        'GNU.sparse.minor',
      ),
      fc.oneof(
        fc.constantFrom('', '0', '1', '-1', '0,5', '0,5,5', '1e9', '9'.repeat(16)),
        fc.string({ maxLength: 8 }),
      ),
    ),
    (records) => {
      const text = Object.fromEntries(
        Object.entries(records).map(([key, value]) => [key, Buffer.from(value).toString('latin1')]),
      );
      checkedTree([archive(pax(text), part({ content: 'hello' }))]);
    },
  ),
  target('whiteouts', fc.array(layer, { minLength: 1, maxLength: 4 }), checkedTree),
  target('compressed', mutated([...corpus.compressed, ...corpus.framed]), async (bytes) => {
    const kind = detectCompression(bytes);
    let length = 0;
    await withLimits({ layerBytes: 1 << 20 }, async () => {
      for await (const piece of decompressStream(once(bytes), kind)) length += piece.length;
    });
    assert.ok(length <= 1 << 20);
  }),
  target('documents', mutatedText(corpus.documents), async (text) => {
    const bytes = new TextEncoder().encode(text);
    const descriptor = { digest: sha256(bytes), size: bytes.length };
    const documents = { read: async () => bytes, where: () => ({}) };
    const readers = [
      () => parseIndex(bytes, {}),
      () => parseConfig(text, {}),
      () => findManifest({ ...descriptor, mediaType: TYPES.index }, 'linux/amd64', documents),
      () => readImageDocuments({ ...descriptor, mediaType: TYPES.manifest }, documents),
    ];
    for (const read of readers) {
      try {
        await read();
      } catch (error) {
        if (!(error instanceof BenchError)) throw error;
      }
    }
  }),
  target('datasets', mutatedText(corpus.datasets), (text) => {
    const { images } = parseManifest(text, 'mine.json');
    assert.is(new Set(images.map(({ id }) => id)).size, images.length);
  }),
  target('ids', anyId, (text) => {
    const ids = resolveModels([text]);
    assert.equal(resolveModels(ids), ids, 'canonical ids are their own');
    assert.ok(expandGrid(text).length > 0);
  }),
  target(
    'references',
    fc.oneof(mutatedText(corpus.references), fc.string({ maxLength: 40 })),
    (text) => {
      const reference = parseReference(text);
      assert.equal(parseReference(printReference(reference)), reference);
    },
  ),
  target(
    'results',
    fc.array(mutatedText(corpus.results), { maxLength: 4 }),
    async (lines, directory) => {
      writeFileSync(join(directory, 'run.json'), corpus.runInfo);
      writeFileSync(join(directory, 'records.jsonl'), lines.join(''));
      const { records } = await readRun(directory);
      assert.ok(records.length <= lines.join('').split('\n').length);
    },
  ),
  target('packed images', changedPart, unpackWith),
  target('divided roots', changedMerkle, ({ root, objects }) => {
    let next = 0;
    const flat = flattenMerkleRoot(root, () => objects[next++ % objects.length]!);
    const { entries, references } = readRoot(flat);
    checkTree({ entries, sources: references.map(({ length }) => ({ length, read() {} })) });
  }),
  target('flat roots', mutated(corpus.roots), (bytes) => {
    const { entries, references } = readRoot(bytes);
    checkTree({ entries, sources: references.map(({ length }) => ({ length, read() {} })) });
  }),
  target('chunk indexes', mutated(corpus.chunkIndexes), (bytes) => {
    const { chunks, length } = readIndex(bytes);
    assert.is(
      chunks.reduce((sum, chunk) => sum + chunk.length, 0),
      length,
    );
  }),
  target('catar', mutated(corpus.catars), (bytes) =>
    checkTree(catarToTree(new MemorySource(bytes))),
  ),
  target('erofs', mutated(corpus.erofs), (bytes) => {
    const [root] = readErofs(bytes);
    assert.is(root!.path, '');
  }),
  target('tar-split streams', mutatedText(corpus.splitStreams), (text) => {
    for (const { size } of readPayloads(gzipSync(text))) assert.ok(size > 0);
  }),
  target(
    'tar-split archives',
    mutated(corpus.splitStreams.map((text) => gzipSync(text))),
    (bytes) => {
      readPayloads(bytes);
    },
  ),
  target('tar-diff', mutated(corpus.tarDiffs), async (bytes) => {
    await applyTarDiff(bytes, corpus.tarDiffFiles);
  }),
  target('tar-diff operations', mutated(corpus.tarDiffOperations), async (operations) => {
    const magic = corpus.tarDiffs[0]!.subarray(0, 8);
    const delta = concatenate([magic, zstd.compress(operations)]);
    await withLimits({ patchedBytes: 1000 }, async () => {
      assert.ok((await applyTarDiff(delta, corpus.tarDiffFiles)).length <= 1000);
    });
  }),
];
