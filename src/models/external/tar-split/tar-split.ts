import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../errors.ts';
import type { Member, Values } from '../../../ids.ts';
import type { ObjectTable } from '../../../objects/objects.ts';
import { digestAt, makeBlob } from '../../../packers/blobs.ts';
import { readManifest } from '../../../packers/manifest.ts';
import { inScratch } from '../../../scratch.ts';
import { tar } from '../../../serialisers/tar.ts';
import { Rope } from '../../../streams/rope.ts';
import { type ByteSource, MemorySource } from '../../../streams/source.ts';
import { contentSource } from '../../../trees/content.ts';
import { applyLayers } from '../../../trees/layers.ts';
import { IMPLIED_DIRECTORY } from '../../../trees/node.ts';
import { comparePaths, type Entry, type Inode, type Tree } from '../../../trees/tree.ts';
import { writeFile } from '../../../write-whole.ts';
import { addTimes, type Model, noClock } from '../../model.ts';
import { packMade, readWholeBlob, transferWhole } from '../blobs.ts';
import { writeCanonicalTar } from '../canonical-tar.ts';
import { describeTools, gnuTar, requireTools, runTool, type Tool } from '../tool.ts';
import { type Payload, readPayloads } from './split-stream.ts';

const tools: readonly Tool[] = [
  {
    name: 'tar-split',
    package: 'tar-split',
    probe: ['tar-split', '--version'],
    version: /version v?(\S+)/,
  },
  gnuTar,
];

export const tarSplit: Member = {
  name: 'tar-split',
  title: 'headers of the canonical tar as tar-split writes them, one object per file content',
  source: 'vbatts/tar-split; containers/storage',
  parameters: [
    {
      name: 'level',
      kind: 'integer',
      description: 'of zstd, which compresses each object',
      default: 3,
      minimum: 1,
      maximum: 22,
    },
  ],
};

const TAR = 'tree.tar';
const STREAM = 'tar-data.json.gz';
const PAYLOADS = 'payloads.tar';
const FILES = 'files';
const STREAM_TYPE = 'application/vnd.ocibench.tar-split+gzip';
const DIGESTS_TYPE = 'application/vnd.ocibench.tar-split.digests';

/**
 * Two metadata blobs: tar-split's stream, and the SHA-256 of each payload in the order of the archive, since the stream
 * names payloads by path and CRC alone. The tar comes back bit for bit.
 */
export function createTarSplit(id: string, { level }: Values): Model {
  const codec = `zstd:level=${level}`;
  return {
    id,
    fidelity: tar.fidelity,
    tools: () => describeTools(tools),

    async pack(image, executor, clock = noClock) {
      requireTools(tools);
      return inScratch(async (directory) => {
        const stream = await clock.time('serialise', async () => {
          writeCanonicalTar(image.tree, join(directory, TAR));
          await runTool(directory, ['tar-split', 'disasm', '--no-stdout', '--output', STREAM, TAR]);
          return readFileSync(join(directory, STREAM));
        });
        const contents = payloadInodes(image.tree).map((inode) => contentSource(image.tree, inode));
        const all = new Rope();
        for (const content of contents) all.append(content);
        const lengths = Float64Array.from(contents, ({ length }) => length);
        const { objects, sequence, stored, times } = await executor.pack(all, lengths, codec);
        addTimes(clock, times);
        const layers = [
          makeBlob('metadata', STREAM_TYPE, stream),
          makeBlob('metadata', DIGESTS_TYPE, digestsOf(sequence, objects)),
        ];
        return packMade(id, {
          config: new TextEncoder().encode(image.descriptor.config),
          layers,
          loose: true,
          objects,
          stored,
          streamBytes: all.length,
          chunkLengths: lengths,
        });
      });
    },

    async unpack(manifest, store, executor) {
      requireTools(tools);
      const [first, second] = readManifest(manifest).layers;
      const stream = readWholeBlob(store, first);
      const digests = readWholeBlob(store, second);
      const payloads = readPayloads(stream);
      if (digests.length !== 32 * payloads.length) {
        throw new InputError(
          `${payloads.length} payloads have ${digests.length} bytes of digests`,
          {},
          'pack the image again',
        );
      }
      const lengths = Float64Array.from(payloads, ({ size }) => size);
      const stored = payloads.map((_, index) => store.object(digestAt({ digests }, index)));
      const contents = await executor.decompress(stored, lengths, digests, codec);
      return inScratch(async (directory) => {
        writeFile(join(directory, STREAM), stream);
        // Not every runtime names files by bytes; tar does.
        writeCanonicalTar(treeOf(payloads, contents), join(directory, PAYLOADS));
        mkdirSync(join(directory, FILES));
        await runTool(directory, ['tar', '-xf', PAYLOADS, '-C', FILES]);
        await runTool(directory, [
          ...['tar-split', 'asm', '--input', STREAM, '--output', TAR, '--path', FILES],
        ]);
        return applyLayers([new MemorySource(readFileSync(join(directory, TAR)))]);
      });
    },

    transfer: transferWhole,
  };
}

/** sha256 of every payload in turn, 32 bytes each. */
function digestsOf(sequence: Uint32Array, { digests }: ObjectTable): Uint8Array {
  const all = new Uint8Array(32 * sequence.length);
  for (const [index, number] of sequence.entries()) {
    all.set(digests.subarray(32 * number, 32 * number + 32), 32 * index);
  }
  return all;
}

/** Files with content in the order of the canonical tar, each hardlinked one once. */
function payloadInodes({ entries }: Tree): readonly Inode[] {
  const sorted = entries.toSorted((a, b) => comparePaths(a.path, b.path));
  const files = sorted
    .map(({ inode }) => inode)
    .filter(({ type, size }) => type === 'file' && size > 0);
  return [...new Set(files)];
}

/** Payloads with the directories above them: what tar-split looks for when it puts the archive together. */
function treeOf(payloads: readonly Payload[], contents: ByteSource): Tree {
  const entries = new Map<string, Entry>([['', { path: '', inode: IMPLIED_DIRECTORY }]]);
  let offset = 0;
  for (const { path, size } of payloads) {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const parent = path.slice(0, slash);
      entries.set(parent, { path: parent, inode: IMPLIED_DIRECTORY });
    }
    const segments = [{ source: 0, offset, length: size }];
    const inode: Inode = { ...IMPLIED_DIRECTORY, type: 'file', mode: 0o600, segments, size };
    entries.set(path, { path, inode });
    offset += size;
  }
  return { entries: [...entries.values()], sources: [contents] };
}
