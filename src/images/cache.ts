import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { claim } from '../claims.ts';
import {
  InputError,
  StorageError,
  storageError,
  VerificationError,
  type Where,
  writeError,
} from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import { writeChunks, writeFile } from '../write-whole.ts';
import { BlobHash } from './blob-hash.ts';
import { digestFile } from './file-digest.ts';
import { ownTag, register, requireRegistered } from './users.ts';

export interface Stored {
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly path: string;
}

export interface Expected {
  /** `sha256:…` or `sha512:…` */
  readonly digest?: string;
  readonly size?: number;
}

/** Folder of what finished cells found: a digest, and what it is of. */
export const CELLS = 'cells';
const DIGEST_BYTES = 32;

/**
 * Content on disk, named by digest. A blob appears complete or not at all: temporary file, digest while writing, flush,
 * rename. Several runs may share a cache: whoever renames last puts the same bytes there.
 */
export class Cache {
  readonly root: string;

  /**
   * @param root default: `ocibench` in the XDG cache directory
   * Throws a StorageError where there is no home directory to have one in, or something else is in its place.
   */
  constructor(root?: string) {
    this.root = resolve(root ?? join(cacheHome(), 'ocibench'));
    checkDirectory(this.root);
  }

  /** Throws an InputError for anything that is not a sha256 digest: digests become file names. */
  blobPath(digest: string): string {
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
      throw new InputError(
        `illegal digest '${digest}'`,
        {},
        'give sha256: and 64 lower-case hexadecimal digits',
      );
    }
    const hex = digest.slice('sha256:'.length);
    return join(this.root, 'blobs', hex.slice(0, 2), hex);
  }

  /** True for a regular file of the size that is expected. Says nothing of its contents: see {@link isIntact}. */
  has(digest: string, size?: number): boolean {
    try {
      const facts = statSync(this.blobPath(digest));
      return facts.isFile() && (size === undefined || facts.size === size);
    } catch (error) {
      if (error instanceof InputError) throw error;
      return false;
    }
  }

  /**
   * True where the blob is there and its bytes still have its digest. Disks decay and people edit: what is used again is
   * read again. What is damaged counts as absent, and is replaced when it is stored anew.
   */
  async isIntact(digest: string, size?: number): Promise<boolean> {
    register(this.root);
    if (!this.has(digest, size)) return false;
    const path = this.blobPath(digest);
    try {
      return (await digestFile(path)) === digest && markUsed(path);
    } catch {
      return false;
    }
  }

  /** Throws a VerificationError where digest or size differ from what is expected; then nothing is kept. */
  async store(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    expected: Expected = {},
    where: Where = {},
  ): Promise<Stored> {
    const temporary = this.temporary();
    const release = claim({ kind: 'path', path: temporary });
    try {
      const hash = new BlobHash(expected.digest);
      const size = await write(temporary, chunks, hash);
      verify({ digest: hash.digest(), size }, expected, where);
      const digest = hash.sha256();
      const path = this.blobPath(digest);
      makeDirectories(join(path, '..'));
      renameSync(temporary, path);
      return { digest, size, path };
    } catch (error) {
      rmSync(temporary, { force: true });
      throw storageError(error, this.root);
    } finally {
      release();
    }
  }

  /** Path for a file that is being written, in the same file system as the blobs. */
  temporary(name: string = `${randomBytes(12).toString('hex')}.${ownTag()}.tmp`): string {
    requireRegistered(this.root);
    const directory = join(this.root, 'partial');
    makeDirectories(directory);
    return join(directory, name);
  }

  /** What was kept under a key, verified; undefined where nothing was, or it is damaged. */
  kept(key: string): Uint8Array | undefined {
    const path = this.cellPath(key);
    register(this.root);
    try {
      const bytes = contentOfCell(readFileSync(path));
      if (bytes) markUsed(path);
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** Keeps the result of long work, which is evicted as blobs are. */
  keep(key: string, bytes: Uint8Array): void {
    this.#replace(this.cellPath(key), Buffer.concat([sha256(bytes), bytes]));
  }

  cellPath(key: string): string {
    const hex = sha256(Buffer.from(key)).toString('hex');
    return join(this.root, CELLS, hex.slice(0, 2), hex);
  }

  /** Puts a file of the cache in place, whole or not at all. */
  #replace(path: string, bytes: Uint8Array | string): void {
    const temporary = this.temporary();
    const release = claim({ kind: 'path', path: temporary });
    try {
      makeDirectories(join(path, '..'));
      writeFile(temporary, bytes);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw writeError(error, path);
    } finally {
      release();
    }
  }

  /** What was remembered under a key: facts that follow from the key and are costly to find again. */
  recall(key: string): unknown {
    try {
      return JSON.parse(readFileSync(this.#factPath(key), 'utf8'));
    } catch {
      return undefined;
    }
  }

  remember(key: string, value: unknown): void {
    this.#replace(this.#factPath(key), JSON.stringify(value));
  }

  #factPath(key: string): string {
    return join(this.root, 'facts', `${createHash('sha256').update(key).digest('hex')}.json`);
  }
}

/** Returns how many bytes there were. */
async function write(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hash: BlobHash,
): Promise<number> {
  let size = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  await writeChunks(path, 'wx', counted());
  return size;
}

/** A relative path means nothing (XDG base directory specification), and neither does an empty home. */
function cacheHome(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  if (isAbsolute(given)) return given;
  const remedy = 'give --cache DIR, or set XDG_CACHE_HOME to an absolute path';
  let home: string;
  try {
    home = process.env['HOME'] === '' ? userInfo().homedir : homedir();
  } catch (cause) {
    throw new StorageError('no home directory to keep a cache in', {}, remedy, { cause });
  }
  if (isAbsolute(home)) return join(home, '.cache');
  throw new StorageError(`no home directory to keep a cache in: '${home}'`, {}, remedy);
}

/** A cache that is not there yet is made when it is needed; one that cannot be used is told at once. */
function checkDirectory(root: string): void {
  try {
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  } catch (error) {
    throw storageError(error, root);
  }
  throw new StorageError(
    `the cache ${root} is no directory`,
    { file: root },
    'give --cache DIR, or remove the file',
  );
}

/** Its time of change is the time of last use. False where it has just been taken away. */
export function markUsed(path: string): boolean {
  const now = new Date();
  try {
    utimesSync(path, now, now);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code !== 'ENOENT';
  }
}

/** What a file of {@link CELLS} holds; undefined where it is damaged. */
export function contentOfCell(file: Uint8Array): Uint8Array | undefined {
  const content = file.subarray(DIGEST_BYTES);
  return sha256(content).equals(file.subarray(0, DIGEST_BYTES)) ? content : undefined;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

export function verify(
  actual: { readonly digest: string; readonly size: number },
  expected: Expected,
  where: Where,
): void {
  if (expected.size !== undefined && expected.size !== actual.size) {
    throw new VerificationError(
      `got ${actual.size} bytes instead of ${expected.size}`,
      where,
      'copy or fetch it again; if this repeats, the source has something else',
    );
  }
  if (expected.digest !== undefined && expected.digest !== actual.digest) {
    throw new VerificationError(
      `got ${actual.digest} instead of ${expected.digest}`,
      where,
      'copy or fetch it again; if this repeats, the source has something else',
    );
  }
}
