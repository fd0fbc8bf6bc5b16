import { DECLARED_KINDS, type DeclaredKind } from '../datasets/step-kind.ts';
import type { Maybe } from '../stats/mod.ts';
import { clientWith } from './clients.ts';
import type { Contents } from './contents.ts';
import { factsOf, type Measurement } from './measurement.ts';
import { shareOf } from './pairs.ts';

/** What a step from one image of a series to the next is. METHODS.md, "Steps", defines each. */
export type StepKind = 'update' | 'release' | DeclaredKind;
export const STEP_KINDS: readonly StepKind[] = ['update', 'release', ...DECLARED_KINDS];

/** Distinct contents of regular files: digest → bytes. */
export type FileTable = ReadonlyMap<string, number>;

export function filesOf({ digests, sizes }: Pick<Contents, 'digests' | 'sizes'>): FileTable {
  const hex = Buffer.from(digests.buffer, digests.byteOffset, digests.length).toString('hex');
  return new Map(Array.from(sizes, (size, file) => [hex.slice(64 * file, 64 * file + 64), size]));
}

export interface SharedFiles {
  /** Of contents that both have. */
  readonly shared: number;
  /** Of contents that either has. */
  readonly either: number;
}

/** Bytes of whole files, each content once. */
export function sharedFiles(one: FileTable, other: FileTable): SharedFiles {
  let shared = 0;
  for (const [digest, size] of one) if (other.has(digest)) shared += size;
  return { shared, either: bytesOf(one) + bytesOf(other) - shared };
}

/** By content alone: at least half of the bytes in either are in both. undefined where neither has any. */
export function kindOf({ shared, either }: SharedFiles): StepKind | undefined {
  if (either === 0) return undefined;
  return 2 * shared >= either ? 'update' : 'release';
}

/**
 * The step to an image.
 * @param files undefined where one of the two images could not be read
 * @param declared kind that the dataset declares: it wins
 */
export function stepMeasures(
  image: string,
  files: SharedFiles | undefined,
  declared: StepKind | undefined,
): readonly Measurement[] {
  const kind = declared ?? (files && kindOf(files));
  const share = files && shareIn(files);
  return factsOf(image, [
    ...(kind === undefined ? [] : [['step.kind', kind] as const]),
    ...(share === undefined ? [] : [['step.shared_share', share] as const]),
  ]);
}

/** What two images share as whole files, recorded at the later one. */
export function sharedFileMeasures(
  image: string,
  earlier: string,
  files: SharedFiles,
): readonly Measurement[] {
  const key = { image, client: clientWith(earlier) };
  const share = shareIn(files);
  return [
    { ...key, measure: 'image.shared_file_bytes', value: files.shared },
    ...(share === undefined
      ? []
      : [{ ...key, measure: 'image.shared_file_share' as const, value: share }]),
  ];
}

function shareIn({ shared, either }: SharedFiles): Maybe {
  return shareOf(shared, shared + either);
}

function bytesOf(files: FileTable): number {
  let bytes = 0;
  for (const size of files.values()) bytes += size;
  return bytes;
}
