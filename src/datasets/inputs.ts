import { createReadStream, existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { decompressStream, detectCompression } from '../codecs/read.ts';
import { InputError, StorageError, storageError, UsageError } from '../errors.ts';
import { listed } from '../listed.ts';
import { FileSource, readRange } from '../streams/source.ts';
import { BLOCK, readHeader } from '../trees/header.ts';
import { readTar } from '../trees/tar.ts';
import { compareNatural } from './natural.ts';
import { parsePlace, splitName } from './place.ts';

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

const TAKEN = 'give a tar, a directory, an OCI layout, an archive of `docker save`, or a manifest';

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
    : await inspect(word, command, 'beginning');
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

/**
 * @param read how much of an archive: one image is refused where it is damaged, of several it costs its own cells, which is
 * found when it is fetched
 */
async function inspect(word: string, command: string, read: 'beginning' | 'whole'): Promise<Found> {
  const { path, reference, kind } = parsePlace(word) ?? splitName(word);
  const facts = statOf(path);
  // One image of several there, or what the word says it is.
  if (facts.isDirectory() && (reference ?? kind) !== undefined) return { kind: 'image' };
  if (facts.isDirectory()) return inspectDirectory(path, command);
  if (!facts.isFile()) {
    throw new InputError(`${path} is no regular file`, {}, 'write what it gives to a file first');
  }
  if (facts.size === 0) throw new InputError(`${path} is empty`, {}, TAKEN);
  const source = new FileSource(path);
  try {
    const first = readRange(source, 0, Math.min(BLOCK, source.length));
    if (detectCompression(first) !== 'none') {
      await checkCompressed(path, first, read === 'whole');
      return { kind: 'image' };
    }
    if (isTarBlock(first)) {
      if (read === 'whole') readTar(source, { file: path });
      return { kind: 'image' };
    }
    if (path.endsWith('.json')) return { kind: 'manifest' };
    if (/^\ufeff?\s*\{/.test(new TextDecoder().decode(first))) {
      throw new InputError(`${path} may be a manifest`, {}, 'let its name end in .json');
    }
  } finally {
    source.close();
  }
  throw new InputError(`${path} is no image and no dataset`, {}, TAKEN);
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw storageError(error, path);
    throw new UsageError(`nothing is at '${path}'`, {}, 'check the path');
  }
}

/** @param isRead to the end */
async function checkCompressed(path: string, first: Uint8Array, isRead: boolean): Promise<void> {
  const start = await firstBlock(path, first, isRead);
  if (isTarBlock(start)) return;
  throw new InputError(`${path} is compressed, and holds no tar`, {}, TAKEN);
}

/** The first bytes of what a file holds, whatever it is compressed by. */
async function firstBlock(path: string, first: Uint8Array, isRead: boolean): Promise<Uint8Array> {
  const compressed = createReadStream(path, { highWaterMark: 1 << 20 });
  const start = new Uint8Array(BLOCK);
  let length = 0;
  try {
    const where = { file: path };
    for await (const bytes of decompressStream(compressed, detectCompression(first), where)) {
      const part = bytes.subarray(0, BLOCK - length);
      start.set(part, length);
      length += part.length;
      if (length === BLOCK && !isRead) break;
    }
  } catch (error) {
    throw storageError(error, path);
  }
  return start.subarray(0, length);
}

/** A header whose checksum is right, or the zeros that end an archive without entries. */
function isTarBlock(block: Uint8Array): boolean {
  if (block.length < BLOCK) return false;
  try {
    readHeader(block, {});
    return true;
  } catch (error) {
    // Its checksum was right where a number is wrong: what that means is said when all is read.
    return error instanceof InputError && !/checksum|chksum/.test(error.toString());
  }
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
    const source = new FileSource(path);
    const first = readRange(source, 0, Math.min(BLOCK, source.length));
    source.close();
    if (detectCompression(first) === 'none') return isTarBlock(first);
    return isTarBlock(await firstBlock(path, first, false));
  } catch (error) {
    if (error instanceof InputError || error instanceof StorageError) return false;
    // A link that leads nowhere.
    if ((error as { code?: unknown }).code !== undefined) return false;
    throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
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
