import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChunker } from '../../../chunkers/mod.ts';
import { InputError } from '../../../errors.ts';
import { formatSize, type Member, type Values } from '../../../ids.ts';
import { verifyDigest } from '../../../objects/content-digest.ts';
import { distinctObjects } from '../../../objects/objects.ts';
import { startsOf } from '../../../objects/work.ts';
import { digestAt, makeBlob } from '../../../packers/blobs.ts';
import { readManifest } from '../../../packers/manifest.ts';
import { inScratch } from '../../../scratch.ts';
import { MemorySource, readAll } from '../../../streams/source.ts';
import { writeFile } from '../../../write-whole.ts';
import { type Model, noClock } from '../../model.ts';
import { packMade, readWholeBlob, transferWhole } from '../blobs.ts';
import { writeCanonicalTar } from '../canonical-tar.ts';
import { describeTools, requireTools } from '../tool.ts';
import { archives } from './archive.ts';
import { IMAGE, TAR } from './file-system.ts';

/**
 * What chunking finds in an archive that was compressed before: the canonical tar, packed by a program, cut by FastCDC into
 * a chunk store that compresses nothing more. It answers a question (claim C20); nobody would ship it.
 */
export const recut: Member = {
  name: 'recut',
  title: 'chunks of an archive that was compressed before it was cut',
  source: 'cyphar.com, "The Road to OCIv2 Images: What\'s Wrong with Tar?", on parallelism',
  parameters: [
    {
      name: 'of',
      kind: 'word',
      description: 'what is cut',
      default: 'gzip',
      words: Object.keys(archives),
    },
    {
      name: 'avg',
      kind: 'bytes',
      description: 'average that FastCDC is asked for',
      default: 64 << 10,
      minimum: 1 << 10,
      maximum: 4 << 20,
    },
  ],
};

const DIGESTS_TYPE = 'application/vnd.ocibench.digests';

export function createRecut(id: string, { of, avg }: Values): Model {
  const archive = archives[String(of)]!;
  const chunker = createChunker(`fastcdc:avg=${formatSize(Number(avg))}`);
  return {
    id,
    fidelity: archive.fidelity,
    tools: () => describeTools(archive.tools),

    async pack(image, executor, clock = noClock) {
      requireTools(archive.tools);
      archive.checkTree(image.tree);
      const bytes = await inScratch(async (directory) => {
        await clock.time('serialise', () => writeCanonicalTar(image.tree, join(directory, TAR)));
        await clock.time('compress', () => archive.make(directory));
        return new Uint8Array(readFileSync(join(directory, IMAGE)));
      });
      const source = new MemorySource(bytes);
      const lengths = await clock.time('chunk', () =>
        executor.cut(source, 0, bytes.length, chunker),
      );
      const ranges = { lengths, offsets: startsOf(lengths) };
      const digests = await clock.time('hash', () => executor.digest(source, ranges));
      const { objects } = distinctObjects(lengths, digests);
      const stored = await executor.compress(source, objects, 'none');
      const index = makeBlob('metadata', DIGESTS_TYPE, digests);
      return packMade(id, {
        config: new TextEncoder().encode(image.descriptor.config),
        layers: [index],
        loose: true,
        objects,
        stored,
        streamBytes: bytes.length,
        chunkLengths: lengths,
      });
    },

    async unpack(manifest, store) {
      requireTools(archive.tools);
      const digests = readWholeBlob(store, readManifest(manifest).layers[0]);
      const count = digests.length / 32;
      if (!Number.isInteger(count)) {
        throw new InputError('the index ends within a digest', {}, 'pack the image again');
      }
      const chunks = Array.from({ length: count }, (_, index) => {
        const chunk = readAll(store.object(digestAt({ digests }, index)));
        verifyDigest(chunk, digests.subarray(32 * index, 32 * index + 32));
        return chunk;
      });
      return inScratch(async (directory) => {
        writeFile(join(directory, IMAGE), Buffer.concat(chunks));
        return archive.read(directory);
      });
    },

    transfer: transferWhole,
  };
}
