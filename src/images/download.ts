import { createHash } from 'node:crypto';
import { createReadStream, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { storageError, VerificationError } from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import { writeChunks } from '../write-whole.ts';
import { type Cache, markUsed, type Stored, verify } from './cache.ts';
import { checkBlobSize } from './documents.ts';
import { type Answer, declaredLength, persist, type RequestContext, request } from './request.ts';
import { isLeft, namesIn, ownTag } from './users.ts';

export interface Download {
  readonly url: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Sent with the request. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface DownloadContext extends RequestContext {
  readonly cache: Cache;
}

/**
 * Fetches a blob into the cache unless it is there, intact. What arrived before a failure is kept and continued by a Range
 * request, in this run or the next. Throws a GoneError (not there), UnavailableError (refused, cut again and again),
 * VerificationError (other bytes), InputError (a size beyond limits.blobBytes) or StorageError (disk full).
 */
export async function download(wanted: Download, context: DownloadContext): Promise<Stored> {
  const { cache } = context;
  const path = cache.blobPath(wanted.digest);
  checkBlobSize(wanted.size, { url: wanted.url });
  if (await cache.isIntact(wanted.digest, wanted.size)) return { ...wanted, path };
  const partial = new PartialBlob(claimPartial(cache, wanted.digest.slice('sha256:'.length)));
  return persist(wanted.url, context, async () => {
    try {
      await fetchRest(wanted, partial, context);
      settle(wanted, partial, path);
    } catch (error) {
      // Wrong bytes are not continued but fetched anew.
      if (error instanceof VerificationError) partial.remove();
      throw storageError(error, partial.path);
    }
    return { ...wanted, path };
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
  #hash = createHash('sha256');
  #size = 0;
  #isRead = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  get digest(): string {
    return `sha256:${this.#hash.copy().digest('hex')}`;
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
    this.#hash = createHash('sha256');
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
    else if (!isRangeFrom(answer.headers, have)) throw new Error('the server sent another range');
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

function settle(wanted: Download, partial: PartialBlob, path: string): void {
  verify(partial, wanted, { url: wanted.url });
  makeDirectories(dirname(path));
  renameSync(partial.path, path);
  // Its bytes may be an earlier process's; this one uses them.
  markUsed(path);
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
