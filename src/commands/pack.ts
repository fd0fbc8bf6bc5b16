import { fetchImage } from '../datasets/mod.ts';
import { UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import { openImage } from '../images/open.ts';
import { writeArtefact } from '../models/artefact.ts';
import { createModel } from '../models/mod.ts';
import { takeInventory } from '../packers/inventory.ts';
import { checkNewDirectory } from '../targets.ts';
import { withExecutor } from '../workers/pooled.ts';
import {
  type Command,
  EXIT,
  onlyPositional,
  required,
  workerCount,
  workersOption,
} from './command.ts';
import { createContext, datasetOptions, pin, platformOption } from './context.ts';
import { chooseDataset } from './inputs.ts';
import { pluginOption } from './plugins.ts';
import { createProgress } from './progress.ts';

export const packCommand: Command = {
  name: 'pack',
  summary: 'Packs a directory, a tar, an OCI layout or a saved image as a model would store it.',
  usage: '(DIR|TAR)[#NAME] --model ID --out DIR',
  options: [
    { name: 'model', value: 'ID', description: 'preset or chain (see bench list models)' },
    {
      name: 'out',
      value: 'DIR',
      description:
        'new directory: an OCI image layout, with a chunk store beside it where the model keeps one',
    },
    platformOption,
    workersOption,
    pluginOption,
    ...datasetOptions,
  ],
  examples: [
    ['pack rootfs.tar --model catar --out packed', 'a chunk store that casync can extract'],
    ["pack ./rootfs --model 'files|whole|zstd:19|objects|get' --out packed", 'a chain of your own'],
  ],
  async run(words, io) {
    const input = onlyPositional(words, '(DIR|TAR)');
    const out = required(words, 'out');
    checkNewDirectory(out);
    const model = await createModel(required(words, 'model'));
    const progress = createProgress(io);
    const named = await chooseDataset([input], words, io, {
      command: 'bench pack',
      isSingle: true,
    });
    if (named.images.length > 1) {
      throw new UsageError(
        `'${input}' holds ${plural(named.images.length, 'image')}`,
        {},
        'name one of them: pack takes one image',
      );
    }
    const dataset = await pin(words, io, named, progress);
    const context = createContext(words, io, dataset, progress);
    const descriptor = await fetchImage(dataset, dataset.images[0]!.id, context);
    for (const text of descriptor.warnings ?? []) progress.note(`${descriptor.id}: ${text}`);
    const packed = await withExecutor(workerCount(words), async (executor) => {
      const made = await model.pack(openImage(descriptor), executor);
      await writeArtefact(made, out, executor);
      return made;
    });
    progress.end();
    const { digest, streamBytes, objects } = takeInventory(descriptor.id, model.id, packed);
    const storedBytes = objects.stored.reduce((sum, bytes) => sum + bytes, 0);
    const facts = {
      model: model.id,
      digest: `sha256:${digest}`,
      streamBytes,
      objects: objects.count,
      storedBytes,
    };
    io.out(`${JSON.stringify(facts)}\n`);
    return EXIT['fine']!;
  },
};
