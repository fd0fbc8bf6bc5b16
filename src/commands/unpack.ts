import { openArtefact } from '../models/artefact.ts';
import { createModel } from '../models/mod.ts';
import { readManifest } from '../packers/manifest.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { pieces } from '../streams/source.ts';
import { checkNewDirectory, checkNewFile } from '../targets.ts';
import { writeTree } from '../trees/write.ts';
import { withExecutor } from '../workers/pooled.ts';
import { writeNew } from '../write-whole.ts';
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
      writeNew(out, pieces(treeToTar(tree)));
    } else {
      for (const warning of writeTree(tree, out)) io.err(`${warning}\n`);
    }
    io.out(`${JSON.stringify({ model: model.id, entries: tree.entries.length, out })}\n`);
    return EXIT['fine']!;
  },
};
