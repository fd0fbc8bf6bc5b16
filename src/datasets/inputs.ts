import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError, StorageError, storageError, UsageError } from '../errors.ts';
import { listed } from '../listed.ts';
import { compareNatural } from './natural.ts';
import { parsePlace, splitName } from './place.ts';
import {
  beginningOf,
  endsAsTar,
  inspectArchive,
  type Reading,
  statInput,
  TAKEN,
} from './tar-file.ts';

/** Words of the command line → what they name on disk. What is none of it is refused here, before anything is planned. */

export type Inputs =
  | { readonly manifest: string }
  /** In series order; paths as they were given. */
  | { readonly name: string; readonly images: readonly string[] };

export interface InputOptions {
  /** Path of the manifest that a name stands for. */
  readonly manifestOf: (name: string) => string | undefined;
  /** Told how words were read where they may be meant otherwise. */
  readonly note: (text: string) => void;
  /** Words that begin a command such as the user's: `bench run`. */
  readonly command: string;
  /** True for a command that takes one image. */
  readonly isSingle?: boolean;
}

type Found =
  | { readonly kind: 'manifest' | 'image' }
  | { readonly kind: 'series'; readonly archives: readonly string[] };

/** Directories that begin every root file system. */
const ROOT =
  /^(bin|boot|dev|etc|home|lib|lib32|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)$/;

/** Throws a UsageError, InputError or StorageError that names the word. */
export async function readInputs(
  words: readonly string[],
  { manifestOf, note, command, isSingle = false }: InputOptions,
): Promise<Inputs> {
  const [only = ''] = words;
  if (words.length === 1) {
    const manifest = manifestOf(only);
    if (manifest !== undefined) {
      if (existsSync(only)) note(`'${only}' is read as the dataset; ./${only} is what lies there`);
      return { manifest };
    }
    // A command that takes one image opens it next, and refuses it then.
    const found = await inspect(only, command, isSingle ? 'beginning' : 'whole');
    const name = basename(resolve(only));
    if (found.kind === 'series') {
      const { archives } = found;
      if (isSingle) {
        throw new UsageError(
          `${only} holds ${archives.length} archives, and one image is to be given`,
          {},
          `name one of them: ${command} ${quoted(archives[0]!)}`,
        );
      }
      const names = listedNames(archives);
      note(`${only}: ${archives.length} archives, read as a series in this order: ${names}`);
      return { name, images: archives };
    }
    return found.kind === 'manifest' ? { manifest: resolve(only) } : { name, images: [only] };
  }
  for (const word of words) await checkImage(word, { manifestOf, command });
  return { name: `${basename(resolve(only))}-and-${words.length - 1}-more`, images: words };
}

/** Each of several words is an image. */
async function checkImage(
  word: string,
  { manifestOf, command }: Pick<InputOptions, 'manifestOf' | 'command'>,
): Promise<void> {
  const isNamed = manifestOf(word) !== undefined && !existsSync(word);
  const found = isNamed
    ? ({ kind: 'manifest' } as const)
    : await inspect(word, command, 'what it is');
  if (found.kind === 'manifest') {
    throw new UsageError(
      `'${word}' is a dataset, and cannot be one image of several`,
      {},
      `give it alone: ${command} ${quoted(word)}`,
    );
  }
  if (found.kind === 'series') {
    throw new UsageError(
      `'${word}' holds ${found.archives.length} archives, and cannot be one image of several`,
      {},
      `name them: ${command} ${listedPaths(found.archives)}`,
    );
  }
}

async function inspect(word: string, command: string, reading: Reading): Promise<Found> {
  const { path, reference, kind } = parsePlace(word) ?? splitName(word);
  const facts = statInput(path);
  // One image of several there, or what the word says it is.
  if (facts.isDirectory() && (reference ?? kind) !== undefined) return { kind: 'image' };
  if (facts.isDirectory()) return inspectDirectory(path, command);
  const archive = await inspectArchive(path, reading);
  if (archive !== undefined) return { kind: 'image' };
  if (path.endsWith('.json')) return { kind: 'manifest' };
  if (/^\ufeff?\s*\{/.test(new TextDecoder().decode(beginningOf(path)))) {
    throw new InputError(`${path} may be a manifest`, {}, 'let its name end in .json');
  }
  throw new InputError(`${path} is no image and no dataset`, {}, TAKEN);
}

async function inspectDirectory(path: string, command: string): Promise<Found> {
  const names = namesOf(path);
  if (names.includes('oci-layout') || names.includes('manifest.json')) return { kind: 'image' };
  if (names.includes('run.json') && names.includes('records.jsonl')) {
    throw new InputError(
      `${path} holds a run, and no image`,
      {},
      `render it: bench report ${quoted(path)}`,
    );
  }
  const shown = names.filter((name) => !name.startsWith('.')).sort(compareNatural);
  const paths = shown.map((name) => join(path, name));
  if (shown.some((name, index) => ROOT.test(name) && isDirectory(paths[index]!))) {
    return { kind: 'image' };
  }
  const archives: string[] = [];
  const others: string[] = [];
  for (const one of paths) ((await isArchive(one)) ? archives : others).push(one);
  if (archives.length === 0) return { kind: 'image' };
  if (others.length === 0) return { kind: 'series', archives };
  throw new UsageError(
    `${path} holds archives (${listedNames(archives)}) beside what is none (${listedNames(others)})`,
    {},
    `the archives as a series: ${command} ${listedPaths(archives)}; all of it as one image: tar -C ${quoted(path)} -cf image.tar . && ${command} image.tar`,
  );
}

function namesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw storageError(error, directory);
  }
}

/** A tar, compressed or not, or an OCI layout in a directory. */
async function isArchive(path: string): Promise<boolean> {
  try {
    const facts = statSync(path);
    if (facts.isDirectory()) return existsSync(join(path, 'oci-layout'));
    if (!facts.isFile() || facts.size === 0) return false;
    const archive = await inspectArchive(path, 'what it is');
    // Of what cannot be decompressed only its name says what it holds.
    return archive === 'damaged' ? endsAsTar(path) : archive === 'tar';
  } catch (error) {
    if (error instanceof InputError || error instanceof StorageError) return false;
    // A link that leads nowhere.
    if ((error as { code?: unknown }).code !== undefined) return false;
    throw error;
  }
}

/** False of what cannot be looked at, such as a link that leads in a circle: an image may have one. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function listedNames(paths: readonly string[]): string {
  return listed(paths.map((path) => basename(path)));
}

/** As a shell takes them; the last word says so where there are too many for a message. */
export function listedPaths(paths: readonly string[]): string {
  return paths.length > 10
    ? `${paths.slice(0, 10).map(quoted).join(' ')} …`
    : paths.map(quoted).join(' ');
}

/** A word that a shell reads as it is. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** False only where nothing is there: what cannot be looked at is told when it is read. */
export function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code !== 'ENOENT';
  }
}
