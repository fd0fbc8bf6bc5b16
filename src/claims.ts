import type { ChildProcess } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { descendantsOf, isRunning } from './processes.ts';

/**
 * What must not outlive a command that is ended in the middle of its work: what is half-written, and children. The thread
 * that works tells of it; the thread that hears signals removes it where the other one no longer can.
 */
export type Claim =
  /** Removed with all that is in it. */
  | { readonly kind: 'path'; readonly path: string | Uint8Array }
  /** All that is in a directory, which stays. */
  | { readonly kind: 'contents'; readonly path: string }
  /** Where it is empty, removed with those above it up to and with `top`. */
  | { readonly kind: 'empty'; readonly path: string; readonly top: string }
  /** A child of this process: it is asked to end, then killed. */
  | { readonly kind: 'child'; readonly pid: number };

export type ClaimMessage =
  | { readonly claim: Claim; readonly number: number }
  | { readonly released: number };

/** A child that does not end when asked is killed after so many milliseconds. */
const CHILD_MS = 250;
const POLL_MS = 10;
/** How often a path is removed again that does not go. */
const ATTEMPTS = 10;

let tell: (message: ClaimMessage) => void = () => {};
let count = 0;

/** From now on this thread tells of its claims. Without it nobody is told: a library's caller cleans up by itself. */
export function tellClaims(listener: (message: ClaimMessage) => void): void {
  tell = listener;
}

/**
 * Tells of a claim. Returns what to call once it is whole, or gone: what is still claimed when the command ends is removed,
 * also where it ends by an error.
 */
export function claim(claimed: Claim): () => void {
  const number = ++count;
  tell({ claim: claimed, number });
  return () => tell({ released: number });
}

/** Claims a child until it has ended. */
export function claimChild(child: ChildProcess): void {
  if (child.pid === undefined) return;
  const release = claim({ kind: 'child', pid: child.pid });
  child.once('exit', release);
}

/** The claims that another thread has told of and not released. */
export class Claims {
  readonly #open = new Map<number, Claim>();
  #descendants: readonly number[] = [];

  hear(message: ClaimMessage): void {
    if ('claim' in message) this.#open.set(message.number, message.claim);
    else this.#open.delete(message.released);
  }

  /**
   * To be called before the thread is ended: with it Deno kills the children that it started, and what those have started is
   * nobody's then, and found no more.
   */
  lookBelow(): void {
    this.#descendants = descendantsOf(this.#children());
  }

  #children(): readonly number[] {
    return [...this.#open.values()].flatMap((one) => (one.kind === 'child' ? [one.pid] : []));
  }

  /** Ends and removes everything that is still claimed. */
  settle(): void {
    const claims = [...this.#open.values()];
    endChildren([...this.#children(), ...this.#descendants]);
    this.#open.clear();
    for (const one of claims) {
      if (one.kind === 'path') remove(one.path);
      if (one.kind === 'contents') namesIn(one.path).forEach(remove);
    }
    for (const one of claims) if (one.kind === 'empty') removeEmpty(one.path, one.top);
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** Removes a directory where nothing is in it, and those above it up to and with `top`. */
export function removeEmpty(directory: string, top: string): void {
  try {
    for (let path = directory; path.length >= top.length; path = dirname(path)) rmdirSync(path);
  } catch {
    // Somebody else has put something there.
  }
}

/** Also where directories have got a mode already that forbids to change them. Throws the system's error. */
export function removeTree(path: string | Uint8Array): void {
  const place = typeof path === 'string' ? path : Buffer.from(path);
  try {
    rmSync(place, { recursive: true, force: true });
  } catch {
    allow(Buffer.from(place));
    rmSync(place, { recursive: true, force: true });
  }
}

function allow(path: Buffer): void {
  if (!lstatSync(path).isDirectory()) return;
  chmodSync(path, 0o700);
  for (const name of readdirSync(path, { encoding: 'buffer' })) {
    allow(Buffer.concat([path, Buffer.from('/'), name]));
  }
}

/**
 * A thread that was ended may go on for a while: Deno gives it two seconds. What it fills is moved away first, so that it
 * finds its directory no more.
 */
function remove(path: string | Uint8Array): void {
  const place = typeof path === 'string' ? path : Buffer.from(path);
  const suffix = `.${process.pid}.tmp`;
  const aside =
    typeof place === 'string' ? place + suffix : Buffer.concat([place, Buffer.from(suffix)]);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      moveAside(place, aside);
      // Also what an earlier attempt moved and could not remove.
      removeTree(aside);
      removeTree(place);
      if (lstatSync(place, { throwIfNoEntry: false }) === undefined) return;
    } catch {}
    pause();
  }
}

/** Where the system does not allow to move it, it is removed where it is. */
function moveAside(place: string | Buffer, aside: string | Buffer): void {
  try {
    renameSync(place, aside);
  } catch {}
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
}

/** Asked first, since a server that is killed at once leaves its own children behind. */
function endChildren(pids: readonly number[]): void {
  const left = new Set(pids);
  for (const pid of left) kill(pid, 'SIGTERM');
  for (let waited = 0; waited < CHILD_MS && left.size > 0; waited += POLL_MS) {
    pause();
    for (const pid of left) if (!isRunning(pid)) left.delete(pid);
  }
  // Killed alone, a master of workers would leave them behind.
  for (const pid of [...descendantsOf(left), ...left]) kill(pid, 'SIGKILL');
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {}
}
