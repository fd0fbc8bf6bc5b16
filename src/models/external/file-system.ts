import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planTransfer } from '../../fetchers/fetcher.ts';
import { get } from '../../fetchers/get.ts';
import type { Member, Values } from '../../ids.ts';
import { makeBlob } from '../../packers/blobs.ts';
import {
  CONFIG_TYPE,
  configWithLayers,
  readManifest,
  writeManifest,
} from '../../packers/manifest.ts';
import { inScratch } from '../../scratch.ts';
import type { Fidelity } from '../../trees/fidelity.ts';
import type { Tree } from '../../trees/tree.ts';
import { writeFile } from '../../write-whole.ts';
import { type Model, noClock } from '../model.ts';
import { writeCanonicalTar } from './canonical-tar.ts';
import { readWholeBlob } from './store.ts';
import { describeTools, requireTools, type Tool } from './tool.ts';

/**
 * A layer that is a file-system image: made and read by programs that others wrote, one blob, fetched whole. What it is
 * given is the canonical tar; that tar is its accounted stream, so that it compares with any other model of one layer.
 */
export interface FileSystem extends Member {
  readonly mediaType: string;
  readonly fidelity: Fidelity;
  readonly tools: readonly Tool[];
  /** Throws an InputError for what the format cannot say. */
  checkTree(tree: Tree): void;
  /** `TAR` → `IMAGE`, both in `directory`. Equal trees must give equal bytes. */
  make(directory: string, values: Values): Promise<unknown>;
  /** `IMAGE` in `directory` → the tree. */
  read(directory: string): Promise<Tree>;
}

/** File names in the working directory. */
export const TAR = 'tree.tar';
export const IMAGE = 'image';

export function createFileSystemModel(id: string, format: FileSystem, values: Values): Model {
  return {
    id,
    fidelity: format.fidelity,
    tools: () => describeTools(format.tools),

    async pack(image, _executor, clock = noClock) {
      requireTools(format.tools);
      format.checkTree(image.tree);
      return inScratch(async (directory) => {
        const tar = await clock.time('serialise', () =>
          writeCanonicalTar(image.tree, join(directory, TAR)),
        );
        await clock.time('compress', () => format.make(directory, values));
        const bytes = readFileSync(join(directory, IMAGE));
        const layer = makeBlob('content', format.mediaType, bytes);
        const config = makeBlob(
          'metadata',
          CONFIG_TYPE,
          configWithLayers(image.descriptor.config, [layer.descriptor.digest]),
        );
        const lengths = Float64Array.of(tar.length);
        return {
          manifest: writeManifest(config.descriptor, [layer.descriptor], id),
          config,
          output: { layers: [layer], loose: false },
          objects: { count: 1, digests: tar.digest, lengths, offsets: Float64Array.of(0) },
          stored: { bytes, lengths: Float64Array.of(bytes.length) },
          streamBytes: tar.length,
          chunkLengths: lengths,
          longestChunk: undefined,
        };
      });
    },

    async unpack(manifest, store) {
      requireTools(format.tools);
      const [layer] = readManifest(manifest).layers;
      const bytes = readWholeBlob(store, layer);
      return inScratch(async (directory) => {
        writeFile(join(directory, IMAGE), bytes);
        return format.read(directory);
      });
    },

    transfer: (inventory, held) => planTransfer(get, inventory, held, {}),
  };
}
