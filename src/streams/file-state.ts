import { statSync } from 'node:fs';
import { StorageError } from '../errors.ts';

/** In which state a file of somebody else was when its bytes were verified: they are read again, and must be the same. */

/** Of `stat`. Times are milliseconds. */
export interface FileFacts {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** Time of the last change of content or inode, which no program can set back. */
  readonly ctimeMs: number;
}

const isDeno = 'Deno' in globalThis;

/** How long two changes may have the same time: some ticks of the system, but Deno knows whole seconds of changes only. */
const TICK_MS = isDeno ? 1020 : 20;

export function stateOf({ dev, ino, size, mtimeMs, ctimeMs }: FileFacts): string {
  return [dev, ino, size, Math.floor(mtimeMs), Math.floor(ctimeMs)].join(' ');
}

/** @param state as {@link stateOf}, of either runtime */
export function isInState(facts: FileFacts, state: string): boolean {
  const now = stateOf(facts);
  if (now === state) return true;
  const isCoarse = isDeno || state.endsWith('000');
  return isCoarse && now.slice(0, -3) === state.slice(0, -3);
}

/** The state of a file that any later change alters: of one that has just been written it is waited for. */
export async function settledState(path: string): Promise<string> {
  for (;;) {
    const facts = statSync(path);
    const age = Date.now() - Math.floor(facts.ctimeMs);
    // A clock that was set back is not waited for.
    if (age < 0 || age >= TICK_MS) return stateOf(facts);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS - age));
  }
}

/** Of a file that somebody writes to while it is measured. */
export function changed(path: string): StorageError {
  return new StorageError(
    `${path} changed while it was read`,
    { file: path },
    'run again when nothing writes to it',
  );
}
