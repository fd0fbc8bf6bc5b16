import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METHOD } from '../method.ts';
import { projectPackage, runtimeName } from '../project.ts';
import { writeWhole } from '../write-whole.ts';

/**
 * Places of src that nothing which packs, cuts or reads an image may import: they stand to the right of it in the order of
 * ARCHITECTURE.md, which a test holds. A cell is the same whatever they say.
 */
export const BESIDE_PACKING: readonly string[] = [
  'attribution',
  'access',
  'estimate',
  'pipeline',
  'report',
  'explore',
  'library',
  'comparison',
  'mod',
  'commands',
  'supervisor',
  'verb-thread',
  'cli',
];

const versions = new Map<string, string>();

/**
 * What a kept packing summary, or what an image holds, depends on besides image and model: the code that packs, with all that
 * it may import, its dependencies, the runtime (whose own zstd may be used) and the methodology. Of another version none is used.
 */
export function packingVersion(): string {
  return versionOf('packing', packingCodeIn);
}

/** What other kept figures depend on, whoever took them: all code. */
export function codeVersion(): string {
  return versionOf('all', codeIn);
}

/** Digests of code as it was compiled, before scripts of threads were joined with what they import; absent where nothing is compiled. */
const BUILT = 'code-versions.json';

function versionOf(name: CodeName, list: (root: string) => readonly string[]): string {
  const known = versions.get(name);
  if (known !== undefined) return known;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const built = join(root, BUILT);
  const code = existsSync(built)
    ? (JSON.parse(readFileSync(built, 'utf8')) as Record<CodeName, string>)[name]
    : digestOf(root, list(root));
  const { dependencies } = projectPackage();
  const version = createHash('sha256')
    .update(JSON.stringify([code, METHOD, runtimeName(), dependencies]))
    .digest('hex');
  versions.set(name, version);
  return version;
}

type CodeName = 'packing' | 'all';

/** For the build. */
export function writeCodeVersions(root: string): void {
  const digests: Record<CodeName, string> = {
    packing: digestOf(root, packingCodeIn(root)),
    all: digestOf(root, codeIn(root)),
  };
  writeWhole(join(root, BUILT), JSON.stringify(digests));
}

/** @param files below `root`, in order */
export function digestOf(root: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** Files of src and bench, but those of tests, in order. */
export function codeIn(root: string): readonly string[] {
  return ['src', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(isCode)
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      .sort(),
  );
}

/** Of these, what {@link packingVersion} is of. */
export function packingCodeIn(root: string): readonly string[] {
  return codeIn(root).filter((file) => {
    const [folder, place = ''] = file.split('/');
    return folder === 'src' && !BESIDE_PACKING.includes(place.replace(/\.[jt]s$/, ''));
  });
}

function isCode(file: string): boolean {
  return /\.(js|ts)$/.test(file) && !/\.(test|d)\.(js|ts)$|(^|\/)testing\//.test(file);
}
