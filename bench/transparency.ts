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
import { formatBytes, formatNumber, plural } from '../src/format.ts';
import type { Image } from '../src/images/image.ts';
import { closeImage, openImage } from '../src/images/open.ts';
import { aliasOf, createModel, presets, resolveModels } from '../src/models/mod.ts';
import { inline } from '../src/objects/executor.ts';
import { memoryStore } from '../src/packers/store.ts';
import { printable } from '../src/report/escape.ts';
import { transparencyMarkdown } from '../src/report/mod.ts';
import { createTimed, type Experiment, type TimedInput } from './experiment.ts';
import { type Finding, figureOf, percent, remark } from './verdict.ts';

/** What must a client that holds nothing fetch to see into an image, and which files does its package database name? */

const NAMED = 20;
const MODELS = resolveModels(presets.map(({ alias }) => alias));
const FIRST = MODELS[0]!;
const FIRST_NAME = aliasOf(FIRST) ?? FIRST;

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
    appendix: transparencyMarkdown,
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
        const proofs: Proof[] = [];
        progress.start(MODELS.length);
        for (const id of MODELS) {
          context.signal?.throwIfAborted();
          progress.note(`mapping ${aliasOf(id) ?? id}`);
          try {
            proofs.push({
              model: aliasOf(id) ?? id,
              ...(await measureModel(image, id, asked, input)),
            });
          } catch (error) {
            context.signal?.throwIfAborted();
            run.fail(id, descriptor.id, error, 'transparency.list_bytes');
          }
          progress.step(aliasOf(id) ?? id);
        }
        return [proofOf(descriptor.id, proofs), askedOf(asked), accountOf(descriptor.id, account)];
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
): Promise<Omit<Proof, 'model'>> {
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
      return transparencyMeasures(await AccessMap.of(model, image, packed, store), asked);
    },
  );
  run.record(id, measurements);
  const of = (name: string): number =>
    Number(
      measurements.find(({ measure }) => measure === `transparency.prove_file_${name}`)?.value,
    );
  return { bytes: of('bytes'), requests: of('requests') };
}

/** What proving the median file takes. */
interface Proof {
  readonly model: string;
  readonly bytes: number;
  readonly requests: number;
}

/** Who proves a file with the least, and how that compares with the first preset. */
function proofOf(image: string, proofs: readonly Proof[]): Finding {
  const known = proofs.filter(({ bytes }) => Number.isFinite(bytes));
  const [least, second] = known.toSorted((a, b) => a.bytes - b.bytes);
  const first = known.find(({ model }) => model === FIRST_NAME);
  const told = [least, second, first]
    .filter((one, at, all): one is Proof => one !== undefined && all.indexOf(one) === at)
    .map(
      ({ model, bytes, requests }) =>
        `${model} ${formatBytes(bytes)} in ${plural(requests, 'request')}`,
    );
  return remark(
    told.length === 0
      ? `No file of ${printable(image)} was proven by any model.`
      : `A client that holds nothing proves one file of ${printable(image)} with the fewest bytes by ${told.join(', by ')}. n = 1 image.`,
  );
}

function askedOf({ file, package: owned }: Asked): Finding {
  const parts = [
    ...(file ? [`The file is /${printable(file.path)} (${formatBytes(file.bytes)})`] : []),
    ...(owned
      ? [
          `the package is ${printable(owned.name)} ${printable(owned.version ?? '')} (${plural(owned.files.length, 'file')}, ${formatBytes(owned.bytes)})`,
        ]
      : ['no database of dpkg or apk names a package with its version']),
  ];
  return remark(`${parts.join('; ')}: of both, the median by size.`);
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
