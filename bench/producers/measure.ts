import { createHash } from 'node:crypto';
import { linkSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageDescriptor } from '../../src/images/image.ts';
import { closeImage, openImage } from '../../src/images/open.ts';
import { factsOf } from '../../src/measures/measurement.ts';
import { describeTools, requireTools } from '../../src/models/external/tool.ts';
import type { Progress } from '../../src/progress.ts';
import type { RunDirectory } from '../../src/results/run-directory.ts';
import { inScratch } from '../../src/scratch.ts';
import { FileSource, hashSource } from '../../src/streams/source.ts';
import { writeTree } from '../../src/trees/write.ts';
import { type Finding, remark } from '../verdict.ts';
import { ARCHIVERS, type Archiver, CANONICAL, requireRoot } from './archivers.ts';
import { COMPRESSORS, type Compressor, GZIP_REFERENCE, ZSTD_REFERENCE } from './compressors.ts';
import { type Difference, explainFrames, explainGzips, explainTars } from './differences.ts';

/** Files of the scratch directory. */
const [TREE, AGAIN, AGAIN_TAR, INPUT, PACKED] = [
  'tree',
  'again',
  'again.tar',
  'tree.tar',
  'packed',
];
/** Of the tar as it is, or compressed. */
export function modelOf(archiver: string, compressor?: string): string {
  return compressor === undefined ? archiver : `${archiver}|${compressor}`;
}

/** All cells, programs that are absent too. */
export const CELLS: readonly string[] = ARCHIVERS.flatMap(({ id }) => [
  modelOf(id),
  ...COMPRESSORS.map((compressor) => modelOf(id, compressor.id)),
]);

/** Writes the tree of an image by every program there is, and records what came of it. Returns what differs first. */
export async function measureProducers(
  image: ImageDescriptor,
  run: RunDirectory,
  progress: Progress,
): Promise<readonly Finding[]> {
  const all = [...ARCHIVERS, ...COMPRESSORS];
  run.describeTools({
    ...describeTools(all.flatMap(({ tools }) => tools)),
    ...Object.fromEntries(
      COMPRESSORS.flatMap(({ id, version }) => (version === undefined ? [] : [[id, version]])),
    ),
  });
  return inScratch(async (place) => {
    const opened = openImage(image);
    const leftOut = writeTree(opened.tree, join(place, TREE));
    closeImage(opened);
    const written = new Map<string, string>();
    const notes: Finding[] = [];
    for (const archiver of ARCHIVERS) {
      const digest = await writeTar(place, archiver, image.id, run, notes);
      if (digest !== undefined) written.set(archiver.id, digest);
      progress.step(archiver.id);
    }
    const findings = await compressAll(place, written, image.id, run, progress);
    return [
      ...(leftOut.length > 0
        ? [
            remark(
              `Not in the directory: ${leftOut.length} entries or attributes that it cannot have.`,
            ),
          ]
        : []),
      ...tarFindings(place, written),
      ...notes,
      ...findings,
    ];
  });
}

const tarOf = ({ id }: Pick<Archiver, 'id'>): string => `${id}.tar`;

/** Digest of the tar; undefined where there is none. */
async function writeTar(
  place: string,
  archiver: Archiver,
  image: string,
  run: RunDirectory,
  notes: Finding[],
): Promise<string | undefined> {
  const model = modelOf(archiver.id);
  try {
    requireTools(archiver.tools);
    requireRoot(archiver);
    await archiver.write(place, TREE!, tarOf(archiver));
    const digest = digestOf(join(place, tarOf(archiver)));
    await archiver.unpack(place, tarOf(archiver), AGAIN!);
    await archiver.write(place, AGAIN!, AGAIN_TAR!);
    const again = digestOf(join(place, AGAIN_TAR!));
    if (again !== digest) notes.push(fixpointFinding(place, archiver));
    for (const made of [AGAIN!, AGAIN_TAR!]) rmSync(join(place, made), { recursive: true });
    recordArchive(run, model, image, join(place, tarOf(archiver)), digest);
    run.record(
      model,
      factsOf(image, [['reproducibility.archive_fixpoint', again === digest ? 1 : 0]]),
    );
    return digest;
  } catch (error) {
    for (const made of [AGAIN!, AGAIN_TAR!])
      rmSync(join(place, made), { recursive: true, force: true });
    run.fail(model, image, error, 'reproducibility.archive_digest');
    return undefined;
  }
}

/** Compresses each distinct tar by every compressor, and says what differs first for the canonical one. */
async function compressAll(
  place: string,
  written: ReadonlyMap<string, string>,
  image: string,
  run: RunDirectory,
  progress: Progress,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const earlier: Compressed[] = [];
  // What others are held against comes first.
  const isReference = ({ id }: Compressor): boolean =>
    id === GZIP_REFERENCE || id === ZSTD_REFERENCE;
  const ordered = [...COMPRESSORS].sort((a, b) => Number(isReference(b)) - Number(isReference(a)));
  for (const compressor of ordered) {
    const known = new Map<string, string>();
    for (const archiver of ARCHIVERS) {
      const tar = written.get(archiver.id);
      const model = modelOf(archiver.id, compressor.id);
      if (tar === undefined) {
        run.skip(model, image, 'reproducibility.archive_digest', 'there is no tar to compress');
        continue;
      }
      try {
        requireTools(compressor.tools);
        const twin = known.get(tar);
        const packed = twin ?? `${archiver.id}-${PACKED!}`;
        if (twin === undefined) await compress(place, tarOf(archiver), compressor, packed);
        known.set(tar, packed);
        recordArchive(run, model, image, join(place, packed));
      } catch (error) {
        run.fail(model, image, error, 'reproducibility.archive_digest');
        continue;
      }
      if (archiver.id !== CANONICAL) continue;
      const bytes = readFileSync(join(place, known.get(tar)!));
      findings.push(...comparison({ compressor, bytes }, earlier));
      earlier.push({ compressor, bytes });
    }
    for (const packed of new Set(known.values())) rmSync(join(place, packed), { force: true });
    progress.step(compressor.id);
  }
  return findings;
}

/** Every tar by one name: gzip notes it. */
async function compress(
  place: string,
  tar: string,
  compressor: Compressor,
  output: string,
): Promise<void> {
  linkSync(join(place, tar), join(place, INPUT!));
  try {
    await compressor.compress(place, INPUT!, output);
  } finally {
    rmSync(join(place, INPUT!));
  }
}

/** What a compressor made of the canonical tar. */
interface Compressed {
  readonly compressor: Compressor;
  readonly bytes: Uint8Array;
}

/** Beside the first of its format, or one before with the same data where there is one. */
function comparison(own: Compressed, earlier: readonly Compressed[]): readonly Finding[] {
  const { format, title } = own.compressor;
  const others = earlier.filter(({ compressor }) => compressor.format === format);
  const explained = others.map((other) => ({
    other,
    told: explain(format, other.bytes, own.bytes),
  }));
  const found = explained.find(({ told }) => !told.isOtherData) ?? explained[0];
  if (!found) return [];
  const { isOtherData, parts } = found.told;
  const what = isOtherData ? '' : parts.length === 0 ? 'the same bytes' : 'the same data, but ';
  const beside = found.other.compressor.title;
  return [remark(`${title} beside ${beside}, of the canonical tar: ${what}${parts.join('; ')}.`)];
}

function explain(format: Compressor['format'], a: Uint8Array, b: Uint8Array): Difference {
  return format === 'gzip' ? explainGzips(a, b) : explainFrames(a, b);
}

function fixpointFinding(place: string, archiver: Archiver): Finding {
  const [once, again] = [tarOf(archiver), AGAIN_TAR!].map((name) =>
    readFileSync(join(place, name)),
  );
  return remark(`${archiver.title}, unpacked and written again: ${explainTars(once!, again!)}.`);
}

function tarFindings(place: string, written: ReadonlyMap<string, string>): readonly Finding[] {
  if (!written.has(CANONICAL)) return [];
  const reference = readFileSync(join(place, `${CANONICAL}.tar`));
  return ARCHIVERS.filter(({ id }) => id !== CANONICAL && written.has(id)).map((archiver) => {
    const told = explainTars(reference, readFileSync(join(place, tarOf(archiver))));
    return remark(`${archiver.title} beside the canonical tar: ${told ?? 'the same bytes'}.`);
  });
}

function recordArchive(
  run: RunDirectory,
  model: string,
  image: string,
  path: string,
  digest = digestOf(path),
): void {
  const source = new FileSource(path);
  run.settle(model, image, 'reproducibility.archive_digest');
  run.record(
    model,
    factsOf(image, [
      ['reproducibility.archive_digest', digest],
      ['reproducibility.archive_bytes', source.length],
    ]),
  );
}

function digestOf(path: string): string {
  const source = new FileSource(path);
  const hash = createHash('sha256');
  hashSource(source, hash);
  source.close();
  return `sha256:${hash.digest('hex')}`;
}
