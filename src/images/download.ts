import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storageError, VerificationError } from '../errors.ts';
import { type Cache, digestFile, type Stored, verify } from './cache.ts';
import { type Answer, persist, type RequestContext, request } from './request.ts';

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
 * VerificationError (other bytes) or StorageError (disk full).
 */
export async function download(wanted: Download, context: DownloadContext): Promise<Stored> {
  const { cache } = context;
  const path = cache.blobPath(wanted.digest);
  if (await cache.isIntact(wanted.digest, wanted.size)) return { ...wanted, path };
  const partial = claimPartial(cache, wanted.digest.slice('sha256:'.length));
  return persist(wanted.url, context, async () => {
    try {
      await fetchRest(wanted, partial, context);
      await settle(wanted, partial, path);
    } catch (error) {
      // Wrong bytes are not continued but fetched anew.
      if (error instanceof VerificationError) rmSync(partial, { force: true });
      throw storageError(error, partial);
    }
    return { ...wanted, path };
  });
}

/**
 * Path that only this process writes, so that two runs with one cache never write into each other's file. What a process
 * that has ended left of the same blob is moved there: renaming is atomic, one of several heirs gets it.
 */
function claimPartial(cache: Cache, name: string): string {
  const own = cache.temporary(`${name}.${process.pid}.part`);
  if (sizeOf(own) > 0) return own;
  const directory = dirname(own);
  for (const other of readdirSync(directory)) {
    const owner = other.startsWith(`${name}.`) ? /\.(\d+)\.part$/.exec(other)?.[1] : undefined;
    if (owner === undefined || isRunning(Number(owner))) continue;
    try {
      renameSync(join(directory, other), own);
      break;
    } catch {}
  }
  return own;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

async function fetchRest(
  wanted: Download,
  partial: string,
  context: DownloadContext,
): Promise<void> {
  const have = Math.min(sizeOf(partial), wanted.size);
  if (have === wanted.size && have > 0) return;
  const headers = { ...wanted.headers, ...(have > 0 ? { Range: `bytes=${have}-` } : {}) };
  const size = await request(wanted.url, headers, context, (answer) =>
    append(answer, wanted, partial, have),
  );
  if (size < wanted.size) throw new Error(`cut after ${size} of ${wanted.size} bytes`);
}

/** Returns the bytes that are there now. */
async function append(
  { status, headers, body }: Answer,
  wanted: Download,
  partial: string,
  have: number,
): Promise<number> {
  const isRest = status === 206 && isRangeFrom(headers, have);
  if (status === 206 && !isRest) throw new Error('the server sent another range');
  const file = await open(partial, isRest ? 'a' : 'w');
  let size = isRest ? have : 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > wanted.size) {
        throw new VerificationError(
          `more than ${wanted.size} bytes`,
          { url: wanted.url },
          'the source serves something else, perhaps a login page',
        );
      }
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return size;
}

async function settle(wanted: Download, partial: string, path: string): Promise<void> {
  const actual = { digest: await digestFile(partial), size: sizeOf(partial) };
  verify(actual, wanted, { url: wanted.url });
  mkdirSync(dirname(path), { recursive: true });
  renameSync(partial, path);
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
