import * as z from 'zod';
import { seeded } from '../../stats/mod.ts';
import { type Inode, pathBytes, type Tree } from '../../trees/tree.ts';
import { type Edit, parentOf, seed, unknownMember } from './kind.ts';

/** Seeded samples: which file, and where in it, decides the seed and not whoever writes the manifest. */

export const DRAWN_KINDS = [
  'flip',
  'append',
  'prepend',
  'insert',
  'replace',
  'chmod',
  'chmod-all',
  'chown-all',
  'touch',
  'touch-all',
  'rename-file',
  'rename-directory',
  'add-file',
  'remove-file',
  'remove-directory',
  'unlink',
] as const;
export type DrawnKind = (typeof DRAWN_KINDS)[number];

export interface Draw {
  readonly kind: DrawnKind;
  readonly seed: number;
}

/** Bytes that are put into a file. */
const INSERTED = 64;
/** A block of a file system. */
const BLOCK = 4096;
export const LARGEST: number = 100 << 20;
/** Later than all files of a release, so that it changes all. */
const TIME = '2026-01-01T00:00:00Z';
const OWNER = { uid: 1000, gid: 1000 };

interface Sample {
  readonly tree: Tree;
  /** The one file that may be drawn; any where undefined. */
  readonly of: string | undefined;
  /** A whole number below `count`. */
  below(count: number): number;
  /** Noise of its own for each draw. */
  readonly seed: number;
}

interface Found {
  /** As a manifest has it. */
  readonly path: string;
  readonly inode: Inode;
  /** Of the file, or of all files below. */
  readonly bytes: number;
}

/** undefined where the image has nothing of the kind. */
type Drawer = (sample: Sample) => Edit | undefined;

const drawers: Readonly<Record<DrawnKind, Drawer>> = {
  flip: (sample) => ofFile(sample, 1, (path, size) => ({ flip: { path, at: sample.below(size) } })),
  append: (sample) => inserted(sample, 1, (size) => size),
  prepend: (sample) => inserted(sample, 1, () => 0),
  insert: (sample) => inserted(sample, 2, (size) => 1 + sample.below(size - 1)),
  replace: (sample) =>
    ofFile(sample, 1, (path, size) => {
      const length = Math.min(size, BLOCK);
      return { replace: { path, at: sample.below(size - length + 1), length, seed: sample.seed } };
    }),
  chmod: (sample) =>
    ofFile(sample, 1, (path, _size, { mode }) => ({ chmod: { path, mode: octal(mode ^ 0o020) } })),
  'chmod-all': (sample) =>
    ofDirectory(sample, (path) => ({ chmod: { path, mode: '0775', recursive: true } })),
  'chown-all': (sample) => ofDirectory(sample, (path) => ({ chown: { path, ...OWNER } })),
  touch: (sample) => ofFile(sample, 1, (path) => ({ touch: { path, time: TIME } })),
  'touch-all': () => ({ touch: TIME }),
  'rename-file': (sample) => ofFile(sample, 1, (path) => renamed(sample, path)),
  'rename-directory': (sample) => ofDirectory(sample, (path) => renamed(sample, path)),
  /** As long as a file of the image, in a directory of the image. */
  'add-file': (sample) =>
    ofFile(sample, 1, (_path, length) =>
      ofDirectory(sample, (path) => ({
        add: { path: freshName(sample, `${path}/added`), length, seed: sample.seed },
      })),
    ),
  'remove-file': (sample) => ofFile(sample, 1, (path) => ({ remove: path })),
  'remove-directory': (sample) => ofDirectory(sample, (path) => ({ remove: path })),
  /** One of the two or more names of a file. */
  unlink: (sample) => {
    const names = new Map<Inode, number>();
    for (const { inode } of sample.tree.entries) names.set(inode, (names.get(inode) ?? 0) + 1);
    return ofOne(
      sample,
      files(sample.tree).filter(({ inode }) => names.get(inode)! > 1),
      (path) => ({ remove: path }),
    );
  },
};

export const drawSchema: z.ZodType<Draw> = z.strictObject({
  kind: z.enum(DRAWN_KINDS, {
    error: ({ input }) =>
      typeof input === 'string' ? unknownMember('draw', input, DRAWN_KINDS) : undefined,
  }),
  seed,
});

/**
 * The edit that a draw comes to. Files are drawn in two steps, so that small and large ones come alike: first one of the
 * decades of sizes that the image has (1–9 bytes, 10–99, … up to 100 MiB), then one of its files; directories by the bytes of
 * all files below, at most half of the image's. undefined where the image has nothing of the kind.
 *
 * @param of the one file that may be drawn, of any size, as a manifest names it: the seed then decides where in it
 */
export function drawEdit(tree: Tree, { kind, seed: own }: Draw, of?: string): Edit | undefined {
  const random = seeded(own);
  const draw: Drawer = drawers[kind];
  return draw({ tree, of, below: (count) => Math.floor(count * random()), seed: own });
}

/** Decade of a length in bytes, 1 for 1–9: what small and large files are drawn alike by. */
export function decadeOf(bytes: number): number {
  return String(bytes).length;
}

/** One of the decades that there are, then one of its members, each alike; undefined of none. */
export function drawByDecade<T extends { readonly bytes: number }>(
  candidates: readonly T[],
  below: (count: number) => number,
): T | undefined {
  const decades = [...new Set(candidates.map(({ bytes }) => decadeOf(bytes)))];
  if (decades.length === 0) return undefined;
  const wanted = decades.sort((a, b) => a - b)[below(decades.length)];
  const alike = candidates.filter(({ bytes }) => decadeOf(bytes) === wanted);
  return alike[below(alike.length)]!;
}

function inserted(
  sample: Sample,
  least: number,
  place: (size: number) => number,
): Edit | undefined {
  return ofFile(sample, least, (path, size) => ({
    insert: { path, at: place(size), length: INSERTED, seed: sample.seed },
  }));
}

type Making = (path: string, bytes: number, inode: Inode) => Edit | undefined;

function ofFile(sample: Sample, least: number, make: Making): Edit | undefined {
  const candidates = files(sample.tree).filter(
    ({ path, bytes }) =>
      bytes >= least && (sample.of === undefined ? bytes <= LARGEST : path === sample.of),
  );
  return ofOne(sample, candidates, make);
}

function ofDirectory(sample: Sample, make: Making): Edit | undefined {
  return ofOne(sample, directories(sample.tree), make);
}

function ofOne({ below }: Sample, candidates: readonly Found[], make: Making): Edit | undefined {
  const drawn = drawByDecade(candidates, below);
  if (!drawn) return undefined;
  const { path, bytes, inode } = drawn;
  return make(path, bytes, inode);
}

/** Paths of files, those that a manifest can name. */
function files({ entries }: Tree): readonly Found[] {
  return entries.flatMap(({ path, inode }) =>
    inode.type === 'file' && isText(path)
      ? [{ path: Buffer.from(pathBytes(path)).toString('utf8'), inode, bytes: inode.size }]
      : [],
  );
}

function directories({ entries }: Tree): readonly Found[] {
  const below = new Map<string, number>();
  for (const { path, inode } of entries) {
    if (inode.type !== 'file') continue;
    for (let own = path; own !== ''; ) {
      own = parentOf(own);
      below.set(own, (below.get(own) ?? 0) + inode.size);
    }
  }
  const most = (below.get('') ?? 0) / 2;
  return entries.flatMap(({ path, inode }) => {
    const bytes = below.get(path) ?? 0;
    if (inode.type !== 'directory' || !isText(path)) return [];
    if (path === '' || bytes === 0 || bytes > most) return [];
    return [{ path: Buffer.from(pathBytes(path)).toString('utf8'), inode, bytes }];
  });
}

function isText(path: string): boolean {
  const bytes = pathBytes(path);
  return Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf8').equals(bytes);
}

function renamed(sample: Sample, path: string): Edit {
  return { rename: { from: path, to: freshName(sample, `${path}.renamed`) } };
}

function freshName({ tree }: Sample, wanted: string): string {
  const taken = new Set(tree.entries.map(({ path }) => path));
  const own = (name: string): string => Buffer.from(name, 'utf8').toString('latin1');
  let name = wanted;
  for (let number = 2; taken.has(own(name)); number++) name = `${wanted}.${number}`;
  return name;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
