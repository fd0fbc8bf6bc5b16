import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../errors.ts';
import type { Member, Parameter, Values } from '../../../ids.ts';
import { makeBlob } from '../../../packers/blobs.ts';
import { configWithLayers, readManifest } from '../../../packers/manifest.ts';
import { inScratch } from '../../../scratch.ts';
import type { Fidelity } from '../../../trees/fidelity.ts';
import type { Tree } from '../../../trees/tree.ts';
import { writeFile } from '../../../write-whole.ts';
import { type Model, noClock } from '../../model.ts';
import { packMade, readWholeBlob, transferWhole } from '../blobs.ts';
import { writeCanonicalTar } from '../canonical-tar.ts';
import { describeTools, requireTools, type Tool } from '../tool.ts';

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

/** Bytes that a format compresses together. */
export function clusterParameter(name: string, description: string, preset: number): Parameter {
  return {
    name,
    kind: 'bytes',
    description: `${description}, a power of two`,
    default: preset,
    minimum: 4 << 10,
    maximum: 1 << 20,
  };
}

/** What is wrong with the values, where that parameter is no power of two. */
export function checkCluster(name: string): (values: Values) => string | undefined {
  return (values) =>
    Number.isInteger(Math.log2(Number(values[name]))) ? undefined : `${name} is no power of two`;
}

export function fileSystemFidelity(mtime: Fidelity['mtime']): Fidelity {
  return {
    mtime,
    hardlinks: true,
    xattrs: true,
    devices: true,
    sparse: false,
    ownerNames: false,
    whiteouts: false,
  };
}

/** Times are seconds in 32 bits without sign. @param end first second that is none @param refusal what is said of others */
export function checkTimes({ entries }: Tree, end: bigint, refusal: string): void {
  for (const { path, inode } of entries) {
    if (inode.mtime >= 0n && inode.mtime < end * 1_000_000_000n) continue;
    throw new InputError(refusal, { entry: path }, 'use another model for this image');
  }
}

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
        const lengths = Float64Array.of(tar.length);
        return packMade(id, {
          config: configWithLayers(image.descriptor.config, [layer.descriptor.digest]),
          layers: [layer],
          loose: false,
          objects: { count: 1, digests: tar.digest, lengths, offsets: Float64Array.of(0) },
          stored: { bytes: layer.bytes, lengths: Float64Array.of(bytes.length) },
          streamBytes: tar.length,
          chunkLengths: lengths,
        });
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

    transfer: transferWhole,
  };
}
