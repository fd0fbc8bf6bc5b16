import { gzipSync } from 'node:zlib';
import { createCodec } from '../../codecs/mod.ts';
import { decompressFrames } from '../../codecs/zstd-frames.ts';
import { TarDiffWriter } from '../../models/external/deltas/tar-diff-format.ts';
import { failure, skip } from '../../results/compose.ts';
import { writeIndex } from '../../serialisers/caidx.ts';
import { treeToCatar } from '../../serialisers/catar-writer.ts';
import { writeMerkleRoot } from '../../serialisers/merkle.ts';
import { filesOf, sortEntries, writeRoot } from '../../serialisers/root.ts';
import type { StreamReference } from '../../serialisers/serialiser.ts';
import { treeToTar } from '../../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../../streams/source.ts';
import { erofsImage } from '../erofs.ts';
import { archive, octal, part, pax } from '../evil.ts';
import { noise } from '../noise.ts';
import { sampleTars, sha256, TYPES } from '../registry.ts';
import { sampleInfo, sampleRecord } from '../sample-run.ts';
import { richTree, sketchTree } from '../trees.ts';
import { parts } from './packed.ts';

/** What the fuzzer starts from, by kind: small, and together with every feature that the readers know. */

const sparseHeader = { 386: octal(0, 12) + octal(512, 12), 483: octal(5000, 12) };

export const archives: readonly Uint8Array[] = [
  archive(part({ content: 'hello' }), part({ name: 'd/', type: '5' })),
  archive(
    part(),
    part({ name: 'l', type: '1', link: 'file' }),
    part({ name: 's', type: '2', link: 'l' }),
  ),
  archive(pax({ path: 'a/b', size: '5', mtime: '-1.5', uid: '7' }), part({ content: 'hello' })),
  archive(pax({ comment: 'all' }, 'g'), pax({ 'SCHILY.xattr.user.a': 'v\0=' }), part()),
  archive(part({ name: 'long', type: 'L', content: `${'n'.repeat(300)}\0` }), part()),
  archive(part({ name: 'long', type: 'K', content: `${'n'.repeat(300)}\0` }), part({ type: '2' })),
  archive(part({ type: 'S', magic: 'ustar  \0', content: 'x'.repeat(512), raw: sparseHeader })),
  archive(
    pax({ 'GNU.sparse.map': '0,5,100,5', 'GNU.sparse.size': '200' }),
    part({ content: 'x'.repeat(10) }),
  ),
  archive(
    pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '900' }),
    part({ content: '2\n0\n5\n100\n5\n'.padEnd(512, '\0') + 'x'.repeat(10) }),
  ),
  archive(part({ name: 'c', type: '3', raw: { 329: octal(1, 8), 337: octal(3, 8) } })),
  archive(
    part({ name: 'd/.wh..wh..opq' }),
    part({ name: '.wh.file' }),
    part({ name: './', type: '5' }),
  ),
  readAll(treeToTar(richTree())),
];

export const paxBodies: readonly string[] = [
  '11 path=ab\n',
  '12 size=123\n20 mtime=1700000000.5\n',
  '30 SCHILY.xattr.user.name=value\n',
  '26 GNU.sparse.map=0,1,5,2\n22 GNU.sparse.size=10\n',
  '9 uid=42\n13 linkpath=\n',
];

const layer = { mediaType: TYPES.layer, digest: sha256(sampleTars[0]!), size: 1536 };
const platform = { os: 'linux', architecture: 'arm', variant: 'v7' };

export const documents: readonly string[] = [
  {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: layer,
    layers: [layer, { ...layer, data: 'eA==' }],
  },
  {
    schemaVersion: 2,
    mediaType: TYPES.index,
    manifests: [{ ...layer, platform, annotations: { a: 'b' } }],
  },
  {
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [{}],
  },
  [{ Config: `${'0'.repeat(64)}.json`, RepoTags: ['a:b'], Layers: ['x/layer.tar'] }],
].map((value) => JSON.stringify(value));

const source = { type: 'registry', reference: 'ubuntu:jammy', platform: 'linux/amd64' };
const debian = {
  type: 'debian',
  release: 'sid',
  state: 'highest',
  include: ['a'],
  base: 'minimal',
  architecture: 'amd64',
};

export const datasets: readonly string[] = [source, debian, { type: 'rootfs', path: 'a.tar' }].map(
  (one) =>
    JSON.stringify(
      {
        schemaVersion: 1,
        id: 'mine',
        version: '1.0.0',
        title: 'Mine',
        description: 'd',
        why: 'w',
        license: { manifest: 'CC0-1.0', content: 'CC0-1.0' },
        citeAs: 'c',
        images: [{ id: 'a', title: 'A', source: one }],
      },
      undefined,
      1,
    ),
);

export const ids: readonly string[] = [
  'catar|fastcdc:avg=64KiB|zstd:3|objects|get',
  'files|whole|none|blob|range:gap=0,ranges=16',
  'layers|rabin:min=512,avg=1KiB..64KiB,poly=0x3da3358b4dc173|gzip:level=6|objects|get',
  'oci-gzip',
  'tar|casync:avg=4KiB..1MiB|zstd-codec|layers|get',
];

export const references: readonly string[] = [
  'ubuntu',
  'ghcr.io/a/b:v1.2',
  `127.0.0.1:5000/team/image@sha256:${'0'.repeat(64)}`,
  `[::1]:5000/x:y@sha256:${'a'.repeat(64)}`,
];

const info = sampleInfo([{ id: 'm' }]);

export const runInfo: string = JSON.stringify(info);

export const results: readonly string[] = [
  sampleRecord('m', 'stored.bytes', 1),
  sampleRecord('m', 'throughput.pack', 1.5, { workers: 2, n: 3, low: 1, high: 2 }),
  sampleRecord('m', 'reproducibility.digest', '0'.repeat(64)),
  failure('d', 'm', 'one', new Error('no')),
  skip('d', 'm', 'one', 'stored.bytes', 'why'),
].map((record) => `${JSON.stringify(record)}\n`);

const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9);
const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 4, 0x21, 0, 0, 1, 2, 3, 4);
const repeated = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, 3, 0, 0x10, 7);

export const compressed: readonly Uint8Array[] = [
  gzipSync('content'),
  Buffer.concat([gzipSync('a'.repeat(1000)), gzipSync(''), new Uint8Array(512)]),
  frame,
  repeated,
  Buffer.concat([skippable, frame, skippable, repeated]),
].map((bytes) => new Uint8Array(bytes));

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const zstd = await createCodec('zstd-seekable:level=1,frame=512');

/** As tables of contents and of frames are written: eStargz, zstd:chunked, seekable zstd. */
export const framed: readonly Uint8Array[] = [
  ...parts.filter(({ model, name }) => /estargz|chunked/.test(model) && name.startsWith('sha256:')),
  { bytes: zstd.compress(noise(2000, 1)) },
].map(({ bytes }) => bytes);

const tree = richTree();
const files = filesOf(sortEntries(tree));
const chunk = (length: number): StreamReference['chunks'][number] => ({
  length,
  digest: new Uint8Array(32).fill(length),
});
const streams = files.map(({ size }) => ({ length: size, chunks: [chunk(size)] }));
const { root, objects = [] } = writeMerkleRoot(sortEntries(tree), streams);

/** A divided root, and the objects in the order in which a reader asks for them. */
export const merkle: { readonly root: Uint8Array; readonly objects: readonly Uint8Array[] } = {
  root,
  objects: objects.map(({ bytes }) => bytes),
};

export const roots: readonly Uint8Array[] = [writeRoot(sortEntries(tree), streams)];

const bounds = { minimum: 1, average: 2, maximum: 4 };

export const chunkIndexes: readonly Uint8Array[] = [[], [7], [7, 1000, 1]].map((lengths) =>
  writeIndex({ ...bounds, chunks: lengths.map(chunk) }),
);

export const catars: readonly Uint8Array[] = [tree, sketchTree({ a: { content: 'x' } })].map(
  (one) => readAll(treeToCatar(one)),
);

export const erofs: readonly Uint8Array[] = [erofsImage()];

export const splitStreams: readonly string[] = [
  [
    { type: 2, payload: 'AAAA', position: 0 },
    { type: 1, name: './a', size: 3, payload: 'AAAA', position: 1 },
    { type: 1, name_raw: 'Yv8=', size: 4, payload: 'AAAA', position: 2 },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
];

const writer = new TarDiffWriter();
writer.data(Uint8Array.of(1, 2, 3));
writer.seek('etc/a', 2);
writer.copy(5);
writer.seek('etc/b', 0);
writer.add(Uint8Array.of(0, 1, 255));
const tarDiff = await writer.finish(1);
const operations: Uint8Array[] = [];
for await (const bytes of decompressFrames(once(tarDiff.subarray(8)), {})) operations.push(bytes);

/** Compressed, and the operations alone. */
export const tarDiffs: readonly Uint8Array[] = [tarDiff];
export const tarDiffOperations: readonly Uint8Array[] = operations;

/** The contents that they are made from. */
export const tarDiffFiles: ReadonlyMap<string, ByteSource> = new Map(
  ['etc/a', 'etc/b'].map((path) => [path, new MemorySource(noise(100, 1))] as const),
);
