import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BenchError, storageError, UnavailableError, VerificationError } from '../errors.ts';
import { type Cache, type Stored, verify } from './cache.ts';

export interface Download {
  readonly url: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

export interface DownloadContext {
  readonly cache: Cache;
  readonly fetch: typeof fetch;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the second attempt; doubles from there. */
  readonly backoffMs?: number;
}

const ATTEMPTS = 4;

/**
 * Fetches a blob into the cache unless it is there. What arrived before a failure is kept and continued by a Range
 * request, in this run or the next. Throws an UnavailableError (not there, cut again and again), VerificationError (other
 * bytes) or StorageError (disk full).
 */
export async function download(wanted: Download, context: DownloadContext): Promise<Stored> {
  const { cache } = context;
  const path = cache.blobPath(wanted.digest);
  if (cache.has(wanted.digest, wanted.size)) return { ...wanted, path };
  const partial = claimPartial(cache, wanted.digest.slice('sha256:'.length));
  let last: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    context.signal?.throwIfAborted();
    if (attempt > 0) await pause((context.backoffMs ?? 500) * 2 ** (attempt - 1), context.signal);
    try {
      await fetchRest(wanted, partial, context);
      await settle(wanted, partial, path);
      return { ...wanted, path };
    } catch (error) {
      context.signal?.throwIfAborted();
      last = storageError(error, partial);
      // Wrong bytes are not continued but fetched anew; what is not there does not come by asking again.
      if (last instanceof VerificationError) rmSync(partial, { force: true });
      else if (last instanceof BenchError) throw last;
    }
  }
  if (last instanceof BenchError) throw last;
  throw new UnavailableError(
    `download failed ${ATTEMPTS} times: ${last instanceof Error ? last.message : String(last)}`,
    { url: wanted.url },
    'check the network; what arrived is kept, run again to go on',
    { cause: last },
  );
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
  const response = await context.fetch(wanted.url, {
    headers: have > 0 ? { Range: `bytes=${have}-` } : {},
    ...(context.signal ? { signal: context.signal } : {}),
  });
  const isRest = response.status === 206 && isRangeFrom(response, have);
  if (response.status === 404 || response.status === 410) {
    throw new UnavailableError(`not there (HTTP ${response.status})`, { url: wanted.url });
  }
  if (!isRest && response.status !== 200) throw new Error(`HTTP ${response.status}`);
  const file = await open(partial, isRest ? 'a' : 'w');
  let size = isRest ? have : 0;
  try {
    for await (const chunk of response.body ?? []) {
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
  if (size < wanted.size) throw new Error(`cut after ${size} of ${wanted.size} bytes`);
}

async function settle(wanted: Download, partial: string, path: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(partial, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Uint8Array);
  }
  const actual = { digest: `sha256:${hash.digest('hex')}`, size: sizeOf(partial) };
  verify(actual, wanted, { url: wanted.url });
  mkdirSync(join(path, '..'), { recursive: true });
  renameSync(partial, path);
}

function isRangeFrom(response: Response, start: number): boolean {
  return response.headers.get('content-range')?.startsWith(`bytes ${start}-`) === true;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
