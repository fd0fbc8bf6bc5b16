import type { Image } from '../images/image.ts';
import { type Fact, factsOf, type Measurement, round } from '../measures/measurement.ts';
import { divide } from '../stats/mod.ts';
import type { AccessMap } from './access-map.ts';
import type { InstalledPackage, NamedFile, PackageAccount } from './accounted.ts';
import type { AccessCost } from './cost.ts';
import type { VerbatimAccount } from './verbatim.ts';

/** What is asked of every model: see METHODS.md, "Transparency". */
export interface Asked {
  /** undefined where no file has content. */
  readonly file: NamedFile | undefined;
  /** undefined where no database names a package. */
  readonly package: InstalledPackage | undefined;
}

/** Facts of an image, whatever the model; none of an image without files. */
export function accountMeasures(
  { descriptor }: Pick<Image, 'descriptor'>,
  { files, bytes, accountedFiles, accountedBytes }: PackageAccount,
  verbatim: Pick<VerbatimAccount, 'files' | 'bytes'>,
): readonly Measurement[] {
  const shares = [
    ['image.accounted_files', divide(accountedFiles, files)],
    ['image.accounted_bytes', divide(accountedBytes, bytes)],
    ['image.verbatim_files', divide(verbatim.files, files)],
    ['image.verbatim_bytes', divide(verbatim.bytes, bytes)],
  ] as const;
  const facts = shares.flatMap(([measure, share]): readonly Fact[] =>
    share === undefined ? [] : [[measure, round(share)]],
  );
  return factsOf(descriptor.id, facts);
}

/** What the questions cost by one model. */
export function transparencyMeasures(map: AccessMap, asked: Asked): readonly Measurement[] {
  const { file, package: owned } = asked;
  const facts: Fact[] = [...costFacts('list', map.list())];
  if (file) {
    facts.push(...costFacts('prove_file', map.prove([file.path])));
    facts.push(...costFacts('read_file', map.read([file])));
  }
  if (owned) {
    const paths = [...owned.databases.map((path) => ({ path })), ...owned.files];
    facts.push(...costFacts('package', map.read(paths, { isProven: true })));
  }
  return factsOf(map.inventory.image, facts);
}

function costFacts(
  question: 'list' | 'prove_file' | 'read_file' | 'package',
  { bytes, requests, roundTrips }: AccessCost,
): readonly Fact[] {
  return [
    [`transparency.${question}_bytes`, bytes],
    [`transparency.${question}_requests`, requests],
    [`transparency.${question}_round_trips`, roundTrips],
  ];
}
