import { createHash, randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { claim } from './claims.ts';
import { errorCode, StorageError, storageError, writeError } from './errors.ts';
import { identify, type ProcessIdentity, stateOf } from './processes.ts';
import { isWithoutLinks, writeFile } from './write-whole.ts';

/**
 * Files that say which process may write somewhere. One that was killed holds nothing; one of another host holds on until
 * somebody who can see that host removes the file.
 */

export interface Lock {
  /** Removes the file, unless it is somebody else's by now. */
  release(): void;
}

export interface LockPurpose {
  /** What the holder does: `is writing to this run`. */
  readonly does: string;
  /** What else than waiting for the holder helps. */
  readonly remedy?: string;
}

/** What a lock file says. */
interface Holder {
  /** undefined where nobody can read it: it was cut, or is none of ours. */
  readonly identity: ProcessIdentity | undefined;
  /** Of this file and no other: its content and when it was written. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly writtenAt: number;
}

/** Milliseconds for which a process may take a lock over, or write what it is before a reader can make sense of it. */
const TAKING = 1000;
/** Milliseconds that a short piece of work is waited for. */
const WORKING = 10_000;
const POLL = 20;

/**
 * Throws a StorageError that names file, process and host where another process holds it. What this process holds already it
 * may take again.
 */
export function takeLock(path: string, purpose: LockPurpose): Lock {
  const own = `${JSON.stringify({ ...identify(), nonce: randomBytes(8).toString('hex') })}\n`;
  take(path, own, purpose);
  const disclaim = claim({ kind: 'path', path: resolve(path) });
  sweep(path);
  return {
    release() {
      release(path, own);
      disclaim();
    },
  };
}

/** For work that takes little time: waits for who does it now, and throws as {@link takeLock} where that takes long. */
export function waitForLock(path: string, purpose: LockPurpose): Lock {
  for (const end = Date.now() + WORKING; ; ) {
    try {
      return takeLock(path, purpose);
    } catch (error) {
      if (!(error instanceof HeldError) || Date.now() > end) throw error;
      sleep(POLL);
    }
  }
}

/** The lock is another process's; users need no name for it. */
class HeldError extends StorageError {
  override readonly name: string = 'StorageError';
}

/**
 * Who finds the lock of a process that has ended must not just replace it: another may have done so in the meantime. A claim,
 * which is a lock named after exactly that file, says who may; it is looked at again once the claim is held.
 */
function take(path: string, own: string, purpose: LockPurpose): void {
  let unreadable = 0;
  for (const end = Date.now() + WORKING; ; ) {
    if (create(path, own)) return;
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (holder.identity === undefined && unreadable++ * POLL < TAKING) {
      sleep(POLL);
      continue;
    }
    refuseHeld(path, holder, purpose);
    const takeover = `${path}.${holder.key}`;
    try {
      take(takeover, own, { does: `is taking over ${path}` });
    } catch (error) {
      if (!(error instanceof HeldError) || Date.now() > end) throw error;
      sleep(POLL);
      continue;
    }
    try {
      if (readHolder(path)?.key === holder.key && replace(path, own)) return;
    } finally {
      release(takeover, own);
    }
  }
}

function refuseHeld(path: string, { identity, writtenAt }: Holder, purpose: LockPurpose): void {
  if (identity === undefined) return;
  const state = stateOf(identity, writtenAt);
  const isOwn = state === 'running' && identity.pid === process.pid;
  if (state === 'ended' || isOwn) return;
  const place = identity.host === undefined ? '' : ` on ${identity.host}`;
  const alternative = purpose.remedy === undefined ? '' : `, or ${purpose.remedy}`;
  throw new HeldError(
    `process ${identity.pid}${place} ${purpose.does}`,
    { file: path },
    state === 'running'
      ? `wait for it${alternative}`
      : `it cannot be seen from here: where it has ended, remove the file${alternative}`,
  );
}

/** False where there is a lock already. What is there is complete, where the file system has links. */
function create(path: string, own: string): boolean {
  const temporary = draft(path, own);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (isWithoutLinks(error)) return createInPlace(path, own);
    // ENOENT: somebody who got the lock in the meantime has swept.
    if (['EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) return false;
    throw writeError(error, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Readers may see it empty for a moment, and wait. */
function createInPlace(path: string, own: string): boolean {
  try {
    writeFile(path, own, { isNew: true });
    return true;
  } catch (error) {
    if (errorCode((error as Error).cause) === 'EEXIST') return false;
    throw error;
  }
}

/** False where the lock must be tried for again. */
function replace(path: string, own: string): boolean {
  const temporary = draft(path, own);
  try {
    renameSync(temporary, path);
    return true;
  } catch (error) {
    rmSync(temporary, { force: true });
    if (errorCode(error) === 'ENOENT') return false;
    throw writeError(error, path);
  }
}

function draft(path: string, own: string): string {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  writeFile(temporary, own, { isNew: true, name: path });
  return temporary;
}

/** What is left of claims and of unfinished files: while a lock is held, none of them matters. */
function sweep(path: string): void {
  const left = /^\.[0-9a-f]{16}(\.|$)/;
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(basename(path)) || !left.test(name.slice(basename(path).length))) continue;
    const found = join(dirname(path), name);
    const { identity, writtenAt = 0 } = readHolder(found) ?? {};
    const isLeft = identity
      ? stateOf(identity) === 'ended'
      : Date.now() - writtenAt > WORKING && found.endsWith('.tmp');
    if (isLeft) rmSync(found, { force: true });
  }
}

function release(path: string, own: string): void {
  try {
    if (readFileSync(path, 'utf8') === own) rmSync(path, { force: true });
  } catch {}
}

/** undefined where there is no lock any more. */
function readHolder(path: string): Holder | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const writtenAt = statSync(path).mtimeMs;
    const hash = createHash('sha256').update(`${writtenAt}\n${text}`);
    return { identity: parse(text), key: hash.digest('hex').slice(0, 16), writtenAt };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw storageError(error, path);
  }
}

/** The first versions wrote the process id alone. */
function parse(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const { pid, ...rest } = (typeof value === 'number' ? { pid: value } : value) as Record<
      string,
      unknown
    >;
    if (!Number.isSafeInteger(pid)) return undefined;
    const facts = Object.entries(rest).filter(([, fact]) => typeof fact === 'string');
    return { ...Object.fromEntries(facts), pid: Number(pid) };
  } catch {
    return undefined;
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
