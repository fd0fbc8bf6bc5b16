import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { claim } from '../claims.ts';
import { storageError } from '../errors.ts';
import { openArtefact } from '../models/artefact.ts';
import { createModel } from '../models/mod.ts';
import { readManifest } from '../packers/manifest.ts';
import { treeToTar } from '../serialisers/tar.ts';
import type { ByteSource } from '../streams/source.ts';
import { readRange } from '../streams/source.ts';
import { checkNewDirectory, checkNewFile } from '../targets.ts';
import { writeTree } from '../trees/write.ts';
import { withExecutor } from '../workers/pooled.ts';
import {
  type Command,
  EXIT,
  onlyPositional,
  required,
  workerCount,
  workersOption,
} from './command.ts';

export const unpackCommand: Command = {
  name: 'unpack',
  summary: 'Restores the tree that `bench pack` stored.',
  usage: 'PACKED --out (DIR|FILE.tar)',
  options: [
    {
      name: 'out',
      value: 'PATH',
      description: 'a new directory, or a tar where the name ends in .tar',
    },
    workersOption,
  ],
  examples: [
    ['unpack packed --out rootfs', 'as files; owners and devices need root'],
    ['unpack packed --out rootfs.tar', 'as one canonical tar, with nothing lost'],
  ],
  async run(words, io) {
    const input = onlyPositional(words, 'PACKED');
    const out = required(words, 'out');
    const isTar = out.endsWith('.tar');
    if (isTar) checkNewFile(out);
    else checkNewDirectory(out);
    const { manifest, store } = openArtefact(input);
    const model = await createModel(readManifest(manifest).model);
    const tree = await withExecutor(workerCount(words), (executor) =>
      model.unpack(manifest, store, executor),
    );
    if (isTar) {
      writeFile(treeToTar(tree), out);
    } else {
      for (const warning of writeTree(tree, out)) io.err(`${warning}\n`);
    }
    io.out(`${JSON.stringify({ model: model.id, entries: tree.entries.length, out })}\n`);
    return EXIT['fine']!;
  },
};

const STEP = 4 << 20;

function writeFile(source: ByteSource, path: string): void {
  try {
    const descriptor = openSync(path, 'wx');
    const release = claim({ kind: 'path', path: resolve(path) });
    try {
      for (let offset = 0; offset < source.length; offset += STEP) {
        writeSync(descriptor, readRange(source, offset, Math.min(STEP, source.length - offset)));
      }
    } finally {
      closeSync(descriptor);
    }
    release();
  } catch (error) {
    throw storageError(error, path);
  }
}
