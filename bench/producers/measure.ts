import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
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
import { explainFrames, explainGzips, explainTars } from './differences.ts';

/** Files of the scratch directory. */
const [TREE, AGAIN, AGAIN_TAR, PACKED] = ['tree', 'again', 'again.tar', 'packed'];
const UNCOMPRESSED = 'none';

export function modelOf(archiver: string, compressor: string = UNCOMPRESSED): string {
  return `${archiver}|${compressor}`;
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
    for (const archiver of ARCHIVERS) {
      const digest = await writeTar(place, archiver, image.id, run);
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
): Promise<string | undefined> {
  const model = modelOf(archiver.id);
  try {
    requireTools(archiver.tools);
    requireRoot(archiver);
    await archiver.write(place, TREE!, tarOf(archiver));
    const digest = digestOf(join(place, tarOf(archiver)));
    await archiver.unpack(place, tarOf(archiver), AGAIN!);
    await archiver.write(place, AGAIN!, AGAIN_TAR!);
    const isSame = digestOf(join(place, AGAIN_TAR!)) === digest;
    for (const made of [AGAIN!, AGAIN_TAR!]) rmSync(join(place, made), { recursive: true });
    recordArchive(run, model, image, join(place, tarOf(archiver)), digest);
    run.record(model, factsOf(image, [['reproducibility.archive_fixpoint', isSame ? 1 : 0]]));
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
  const references = new Map<
    Compressor['format'],
    { readonly title: string; readonly bytes: Uint8Array }
  >();
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
        if (twin === undefined) await compressor.compress(place, tarOf(archiver), packed);
        known.set(tar, packed);
        recordArchive(run, model, image, join(place, packed));
      } catch (error) {
        run.fail(model, image, error, 'reproducibility.archive_digest');
        continue;
      }
      if (archiver.id !== CANONICAL) continue;
      const bytes = readFileSync(join(place, known.get(tar)!));
      const { format, title } = compressor;
      const reference = references.get(format);
      if (reference === undefined) references.set(format, { title, bytes });
      else
        findings.push(
          remark(
            `${title} beside ${reference.title}, of the canonical tar: ${difference(format, reference.bytes, bytes)}.`,
          ),
        );
    }
    for (const packed of new Set(known.values())) rmSync(join(place, packed), { force: true });
    progress.step(compressor.id);
  }
  return findings;
}

function difference(format: Compressor['format'], a: Uint8Array, b: Uint8Array): string {
  const told = format === 'gzip' ? explainGzips(a, b) : explainFrames(a, b);
  return told.length === 0 ? 'the same bytes' : told.join('; ');
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
