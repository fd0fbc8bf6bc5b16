import {
  AccessMap,
  type Asked,
  accountMeasures,
  accountPackages,
  medianFile,
  medianPackage,
  type NamedFile,
  type PackageAccount,
  transparencyMeasures,
  type VerbatimAccount,
  verifyPackages,
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
/** A sentence has room for fewer; the table has all of them. */
const SAID = 3;
/** Formats that a host can mount. */
const MOUNTED = ['squashfs', 'erofs'];
const MODELS = resolveModels([...presets.map(({ alias }) => alias), ...MOUNTED]);
const FIRST = MODELS[0]!;
const FIRST_NAME = aliasOf(FIRST) ?? FIRST;

export const transparency: Experiment = createTimed({
  name: 'transparency',
  title: 'What does it take to see into an image?',
  timed: {
    images: (planned, { areNamed }) => (areNamed ? planned : planned.slice(0, 1)),
    takes:
      'about a minute of processor time for each image of 36 MB uncompressed, a sixth less where its cells are kept',
    wanted: [
      [FIRST, 'transparency.list_bytes'],
      ['*', 'image.verbatim_files'],
    ],
    verdict: () => [],
    appendix: transparencyMarkdown,
    async measure(input) {
      const { plan, run, progress } = input;
      run.describeModels(
        MODELS.map((id) => {
          const alias = aliasOf(id);
          return alias === undefined ? { id } : { id, alias };
        }),
      );
      progress.start(plan.images.length * MODELS.length);
      const findings: Finding[] = [];
      for (const id of plan.images) findings.push(...(await measureImage(id, input)));
      return findings;
    },
  },
});

async function measureImage(id: string, input: TimedInput): Promise<readonly Finding[]> {
  const { plan, run, context, progress } = input;
  const descriptor = await fetchImage(plan.dataset, id, context);
  run.enter(descriptor);
  const image = openImage(descriptor);
  try {
    const account = accountPackages(image.tree);
    const verbatim = verifyPackages(image.tree);
    const asked = { file: medianFile(image.tree), package: medianPackage(account) };
    run.record('*', accountMeasures(image, account, verbatim));
    const proofs: Proof[] = [];
    for (const model of MODELS) {
      const name = aliasOf(model) ?? model;
      context.signal?.throwIfAborted();
      progress.note(`mapping ${id} by ${name}`);
      try {
        proofs.push({ model: name, ...(await measureModel(image, model, asked, input)) });
      } catch (error) {
        context.signal?.throwIfAborted();
        run.fail(model, id, error, 'transparency.list_bytes');
      }
      progress.step(name);
    }
    return [
      proofOf(id, proofs),
      askedOf(id, asked),
      accountOf(id, account),
      verbatimOf(id, account, verbatim),
    ];
  } finally {
    closeImage(image);
  }
}

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
  const costOf = ({ bytes, requests }: Proof): string =>
    `${formatBytes(bytes)} in ${plural(requests, 'request')}`;
  const told = [
    ...(least ? [`${least.model}, ${costOf(least)}`] : []),
    ...(second ? [`next is ${second.model}, ${costOf(second)}`] : []),
    ...(first && first !== least && first !== second
      ? [`${first.model} takes ${costOf(first)}`]
      : []),
  ].join('; ');
  return remark(
    told === ''
      ? `No file of ${printable(image)} was proven by any model.`
      : `A client that holds nothing but the content of one file proves that it is in ${printable(image)} (n = 1 file) with the fewest bytes by ${told}.`,
  );
}

function askedOf(image: string, { file, package: owned }: Asked): Finding {
  const parts = [
    ...(file ? [`the file is /${printable(file.path)} (${formatBytes(file.bytes)})`] : []),
    ...(owned
      ? [
          `the package is ${printable(owned.name)} ${printable(owned.version ?? '')} (${plural(owned.files.length, 'file')}, ${formatBytes(owned.bytes)})`,
        ]
      : ['no database of dpkg or apk names a package with its version']),
  ];
  return remark(`${printable(image)}: ${parts.join('; ')}. Of both, the median by size.`);
}

/** The bill of materials: what the database does not name, by name. */
function accountOf(image: string, account: PackageAccount): Finding {
  const { files, bytes, accountedFiles, accountedBytes, rest } = account;
  const figures = rest
    .slice(0, NAMED)
    .map(({ path, bytes: size }) =>
      figureOf(image, { of: 'named by no package', file: printable(path) }, size, 'bytes'),
    );
  return remark(
    `The packages' database of ${printable(image)} accounts for ${share(accountedFiles, files)} of ${plural(files, 'regular file')} and ${share(accountedBytes, bytes)} of ${formatBytes(bytes)}. Not named: ${listOf(rest, () => '')}.`,
    figures,
  );
}

/** What is not known to be as it was packaged, by name. */
function verbatimOf(
  image: string,
  { files, bytes, packages }: PackageAccount,
  verbatim: VerbatimAccount,
): Finding {
  if (packages.length === 0) {
    return remark(`${printable(image)} has no packages whose files could be compared.`);
  }
  const { rest } = verbatim;
  const figures = rest
    .slice(0, NAMED)
    .map(({ path, bytes: size, why }) =>
      figureOf(image, { of: `not verbatim: ${why}`, file: printable(path) }, size, 'bytes'),
    );
  const changed = rest.filter(({ why }) => why === 'other content');
  return remark(
    `Of ${printable(image)}, ${share(verbatim.files, files)} of the files and ${share(verbatim.bytes, bytes)} of their bytes are verbatim what the packages say, by their checksums; ${plural(changed.length, 'file has', 'files have')} another content${changed.length === 0 ? '' : `: ${listOf(changed, () => '')}`}. Not verbatim: ${listOf(rest, ({ why }) => ` (${why})`)}.`,
    figures,
  );
}

function share(part: number, whole: number): string {
  return percent(whole === 0 ? undefined : part / whole, false, 2);
}

/** The largest by name. */
function listOf<File extends NamedFile>(
  files: readonly File[],
  more: (file: File) => string,
): string {
  if (files.length === 0) return 'none';
  const names = files
    .slice(0, SAID)
    .map((file) => `/${printable(file.path)} ${formatBytes(file.bytes)}${more(file)}`);
  const rest = files.length - names.length;
  return `${names.join(', ')}${rest > 0 ? `, and ${formatNumber(rest)} more` : ''}`;
}
