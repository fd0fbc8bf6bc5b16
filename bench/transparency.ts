import {
  AccessMap,
  type Asked,
  accountMeasures,
  accountPackages,
  medianFile,
  medianPackage,
  type PackageAccount,
  transparencyMeasures,
} from '../src/access/mod.ts';
import { withCells } from '../src/attribution/explanation.ts';
import { fetchImage } from '../src/datasets/mod.ts';
import { formatBytes, formatNumber, MISSING, plural } from '../src/format.ts';
import type { Image } from '../src/images/image.ts';
import { closeImage, openImage } from '../src/images/open.ts';
import { aliasOf, createModel, presets, resolveModels } from '../src/models/mod.ts';
import { inline } from '../src/objects/executor.ts';
import { memoryStore } from '../src/packers/store.ts';
import { escapeMarkdown, printable } from '../src/report/escape.ts';
import { groupBy } from '../src/report/group.ts';
import { labelModels } from '../src/report/models.ts';
import type { View } from '../src/report/view.ts';
import { createTimed, type Experiment, type TimedInput } from './experiment.ts';
import { type Finding, figureOf, percent, remark } from './verdict.ts';

/** What must a client that holds nothing fetch to see into an image, and which files does its package database name? */

const NAMED = 20;
const MODELS = resolveModels(presets.map(({ alias }) => alias));
const FIRST = MODELS[0]!;

export const transparency: Experiment = createTimed({
  name: 'transparency',
  title: 'What does it take to see into an image?',
  timed: {
    images: (planned) => planned.slice(0, 1),
    wanted: [
      [FIRST, 'transparency.list_bytes'],
      ['*', 'image.accounted_files'],
    ],
    verdict: () => [],
    appendix: costTable,
    async measure(input) {
      const { plan, run, context, progress } = input;
      const descriptor = await fetchImage(plan.dataset, plan.images[0]!, context);
      run.enter(descriptor);
      run.describeModels(
        MODELS.map((id) => {
          const alias = aliasOf(id);
          return alias === undefined ? { id } : { id, alias };
        }),
      );
      const image = openImage(descriptor);
      try {
        const account = accountPackages(image.tree);
        const asked = { file: medianFile(image.tree), package: medianPackage(account) };
        run.record('*', accountMeasures(image, account));
        progress.start(MODELS.length);
        for (const id of MODELS) {
          context.signal?.throwIfAborted();
          progress.note(`mapping ${aliasOf(id) ?? id}`);
          try {
            await measureModel(image, id, asked, input);
          } catch (error) {
            context.signal?.throwIfAborted();
            run.fail(id, descriptor.id, error, 'transparency.list_bytes');
          }
          progress.step(aliasOf(id) ?? id);
        }
        return [askedOf(descriptor.id, asked), accountOf(descriptor.id, account)];
      } finally {
        closeImage(image);
      }
    },
  },
});

async function measureModel(
  image: Image,
  id: string,
  asked: Asked,
  { run, context, plan }: TimedInput,
): Promise<void> {
  const model = await createModel(id);
  const { descriptor } = image;
  const measurements = await withCells(
    model,
    [descriptor],
    plan.workers,
    context,
    async (inventory) => {
      const packed = await inventory(descriptor);
      const store = async () => memoryStore(await model.pack(image, inline));
      return transparencyMeasures(await AccessMap.of(model, image, packed, inline, store), asked);
    },
  );
  run.record(id, measurements);
}

function askedOf(image: string, { file, package: owned }: Asked): Finding {
  const parts = [
    ...(file ? [`The file is /${printable(file.path)} (${formatBytes(file.bytes)})`] : []),
    ...(owned
      ? [
          `the package is ${printable(owned.name)} ${printable(owned.version ?? '')} (${plural(owned.files.length, 'file')}, ${formatBytes(owned.bytes)})`,
        ]
      : ['no database of dpkg or apk names a package with its version']),
  ];
  return remark(
    `The table says what a client that holds nothing fetches of ${printable(image)}: bytes · requests · round trips, n = 1 image; models that prove the file with the fewest bytes first. ${parts.join('; ')}: of both, the median by size.`,
  );
}

const QUESTIONS = ['list', 'prove_file', 'read_file', 'package'] as const;
const UNITS = ['bytes', 'requests', 'round_trips'] as const;

/** A row a model: bytes · requests · round trips of each question. */
function costTable({ values, info }: View): string {
  const byModel = groupBy(
    values.filter(({ measure }) => measure.startsWith('transparency.')),
    ({ model }) => model,
  );
  const labels = labelModels(info.models);
  const rows = [...byModel].map(([model, own]) => {
    const value = (question: string, unit: string): number | undefined => {
      const found = own.find(({ measure }) => measure === `transparency.${question}_${unit}`);
      return typeof found?.value === 'number' ? found.value : undefined;
    };
    const cells = QUESTIONS.map((question) => {
      const [bytes, ...counts] = UNITS.map((unit) => value(question, unit));
      if (bytes === undefined) return MISSING;
      return [formatBytes(bytes), ...counts.map((count) => formatNumber(count!))].join(' · ');
    });
    return {
      bytes: value('prove_file', 'bytes') ?? 0,
      cells: [labels.get(model) ?? model, ...cells],
    };
  });
  const lines = [
    ['model', 'list all paths', 'prove the file', 'read it', 'prove the package'],
    ['---', '---', '---', '---', '---'],
    ...rows.toSorted((a, b) => a.bytes - b.bytes).map(({ cells }) => cells.map(escapeMarkdown)),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The bill of materials: what the database does not name, by name. */
function accountOf(image: string, account: PackageAccount): Finding {
  const { files, bytes, accountedFiles, accountedBytes, rest } = account;
  const most = rest.slice(0, NAMED);
  const share = (part: number, whole: number): string =>
    percent(whole === 0 ? undefined : part / whole, false, 2);
  const names = most.map(({ path, bytes: size }) => `/${printable(path)} ${formatBytes(size)}`);
  const more =
    rest.length > most.length ? `, and ${formatNumber(rest.length - most.length)} more` : '';
  return remark(
    `The packages' database of ${printable(image)} accounts for ${share(accountedFiles, files)} of ${plural(files, 'regular file')} and ${share(accountedBytes, bytes)} of ${formatBytes(bytes)}. Not named: ${names.length === 0 ? 'none' : `${names.join(', ')}${more}`}.`,
    most.map(({ path, bytes: size }) =>
      figureOf(image, { of: 'named by no package', file: printable(path) }, size, 'bytes'),
    ),
  );
}
