import { createReadStream, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { storageError, UnavailableError, VerificationError } from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import { writeChunks } from '../write-whole.ts';
import { BlobHash, nameInCache, rememberName } from './blob-hash.ts';
import { type Cache, markUsed, type Stored, verify } from './cache.ts';
import { checkBlobSize } from './documents.ts';
import { readSteps } from './file-digest.ts';
import type { LocalFiles } from './local-files.ts';
import { type Answer, declaredLength, persist, type RequestContext, request } from './request.ts';
import { isLeft, namesIn, ownTag } from './users.ts';

export interface Download {
  readonly url: string;
  /** `sha256:…` or `sha512:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Sent with the request. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface DownloadContext extends RequestContext {
  readonly cache: Cache;
  /** Files of the user, looked at before the network. */
  readonly local?: LocalFiles | undefined;
}

/**
 * A blob for which no network is needed: it is in the cache, intact, or in the local folder, from where it is copied.
 * Throws a VerificationError for a file that changes meanwhile, or a StorageError.
 */
export async function findHeld(
  { digest, size }: Pick<Download, 'digest' | 'size'>,
  { cache, local }: Pick<DownloadContext, 'cache' | 'local'>,
): Promise<Stored | undefined> {
  const known = nameInCache(digest, cache);
  if (known !== undefined && (await cache.isIntact(known, size))) {
    return { digest: known, size, path: cache.blobPath(known) };
  }
  const file = await local?.find({ digest, size });
  if (file === undefined) return undefined;
  const stored = await cache.store(readSteps(file), { digest, size }, { file });
  rememberName(digest, stored.digest, cache);
  return stored;
}

/**
 * Fetches a blob into the cache unless it is there, intact, or in the local folder. What arrived before a failure is kept and continued by a Range
 * request, in this run or the next. Throws a GoneError (not there), UnavailableError (refused, cut again and again),
 * VerificationError (other bytes), InputError (a size beyond limits.blobBytes) or StorageError (disk full).
 */
export async function download(wanted: Download, context: DownloadContext): Promise<Stored> {
  const { cache } = context;
  const { digest, size, url } = wanted;
  checkBlobSize(size, { url });
  const held = await findHeld(wanted, context);
  if (held) return held;
  const partial = new PartialBlob(claimPartial(cache, digest.replace(/^\w+:/, '')), digest);
  const continued = { ...context, hasPart: () => partial.size > 0 };
  return persist(url, continued, async () => {
    try {
      await fetchRest(wanted, partial, continued);
      return settle(wanted, partial, cache);
    } catch (error) {
      // Wrong bytes are not continued but fetched anew.
      if (error instanceof VerificationError) partial.remove();
      throw storageError(error, partial.path);
    }
  });
}

/**
 * Path that only this process writes, so that two runs with one cache never write into each other's file. The most that a
 * process that has ended left of the same blob is moved there: renaming is atomic, one of several processes gets it.
 */
function claimPartial(cache: Cache, name: string): string {
  const own = cache.temporary(`${name}.${ownTag()}.part`);
  if (sizeOf(own) > 0) return own;
  const directory = dirname(own);
  const left = namesIn(directory)
    .filter((other) => other.startsWith(`${name}.`))
    .map((other) => join(directory, other))
    .filter(isLeft)
    .map((path) => ({ path, size: sizeOf(path) }))
    .toSorted((a, b) => b.size - a.size);
  for (const { path } of left) {
    try {
      renameSync(path, own);
      break;
    } catch {}
  }
  return own;
}

/** What there is of a blob: a file, and the digest of its bytes, which are hashed as they come and not read again. */
class PartialBlob {
  readonly path: string;
  readonly #promised: string;
  #hash: BlobHash;
  #size = 0;
  #isRead = false;

  /** @param promised its digest */
  constructor(path: string, promised: string) {
    this.path = path;
    this.#promised = promised;
    this.#hash = new BlobHash(promised);
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /** By the algorithm of what was promised. */
  get digest(): string {
    return this.#hash.digest();
  }

  get sha256(): string {
    return this.#hash.sha256();
  }

  /** Hashes what an earlier process left. */
  async read(): Promise<void> {
    if (this.#isRead) return;
    this.#isRead = true;
    if (sizeOf(this.path) === 0) return;
    for await (const bytes of createReadStream(this.path, { highWaterMark: 1 << 20 })) {
      this.#add(bytes as Uint8Array);
    }
  }

  /** Appends while `bytes` come. Throws a VerificationError before there are more than `limit`. */
  async append(bytes: AsyncIterable<Uint8Array>, limit: number, url: string): Promise<void> {
    await writeChunks(this.path, 'a', this.#checked(bytes, limit, url));
  }

  /** What has been taken is counted when the next is asked for: until then it may not be written. */
  async *#checked(
    bytes: AsyncIterable<Uint8Array>,
    limit: number,
    url: string,
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      if (this.#size + chunk.length > limit) {
        throw new VerificationError(
          `more than ${limit} bytes`,
          { url },
          'the source serves something else, perhaps a login page',
        );
      }
      yield chunk;
      this.#add(chunk);
    }
  }

  remove(): void {
    rmSync(this.path, { force: true });
    this.#hash = new BlobHash(this.#promised);
    this.#size = 0;
  }

  #add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#size += bytes.length;
  }
}

async function fetchRest(
  wanted: Download,
  partial: PartialBlob,
  context: DownloadContext,
): Promise<void> {
  await partial.read();
  const have = partial.size;
  if (have >= wanted.size && have > 0) return;
  const headers = { ...wanted.headers, ...(have > 0 ? { Range: `bytes=${have}-` } : {}) };
  await request(wanted.url, headers, context, async (answer) => {
    if (answer.status !== 206) partial.remove();
    else if (have === 0 && !isRangeFrom(answer.headers, 0)) {
      throw new UnavailableError(
        'the server sent a part (HTTP 206), and was asked for the whole',
        { url: wanted.url },
        context.remedy ?? 'name another mirror',
      );
    } else if (!isRangeFrom(answer.headers, have)) throw new Error('the server sent another range');
    checkLength(answer, wanted, partial.size);
    await partial.append(answer.body, wanted.size, wanted.url);
  });
  if (partial.size < wanted.size) {
    throw new Error(`cut after ${partial.size} of ${wanted.size} bytes`);
  }
}

/** Before a byte is written: who announces more than the blob has is sending something else. */
function checkLength(answer: Answer, { size, url }: Download, have: number): void {
  const length = declaredLength(answer);
  if (length === undefined || have + length <= size) return;
  throw new VerificationError(
    `the server announces ${have + length} bytes instead of ${size}`,
    { url },
    'the source serves something else, perhaps a login page',
  );
}

function settle(wanted: Download, partial: PartialBlob, cache: Cache): Stored {
  verify(partial, wanted, { url: wanted.url });
  const digest = partial.sha256;
  const path = cache.blobPath(digest);
  makeDirectories(dirname(path));
  renameSync(partial.path, path);
  // Its bytes may be an earlier process's; this one uses them.
  markUsed(path);
  rememberName(wanted.digest, digest, cache);
  return { digest, size: wanted.size, path };
}

function isRangeFrom(headers: Headers, start: number): boolean {
  return headers.get('content-range')?.startsWith(`bytes ${start}-`) === true;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
