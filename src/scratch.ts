import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageError } from './errors.ts';
import { identify, isRunning, stateOfTag, TAG, tagOf } from './processes.ts';
import { writeFile } from './write-whole.ts';

/**
 * Directories for programs of others. Their names tell the process that made them, since threads and processes are ended
 * in the middle of their work: who ends them, or the next command, removes what they could not.
 */

const NAME = new RegExp(`^ocibench-(${TAG})-`);
/** File in such a directory: the process group that works in it. */
const GROUP = '.group';

/** Throws a StorageError where TMPDIR is no directory that can be written. */
export function makeScratch(): string {
  try {
    return mkdtempSync(join(tmpdir(), `ocibench-${tagOf(identify())}-`));
  } catch (error) {
    const { code } = error as { code?: unknown };
    throw new StorageError(
      `no temporary files can be had in ${tmpdir()}: ${String(code)}`,
      { file: tmpdir() },
      'set TMPDIR to a directory that can be written',
      { cause: error },
    );
  }
}

/** A directory of one's own while `work` runs; removed with what is in it. */
export async function inScratch<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = makeScratch();
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The group is killed when the process that made the directory ends first. */
export function tellGroup(directory: string, group: number): void {
  writeFile(join(directory, GROUP), tagOf(identify(group)));
}

/** Kills what still works for a process that ends now or has just ended, and removes its directories. */
export function endScratch(owner: string = tagOf(identify())): void {
  try {
    for (const directory of ownedBy((tag) => tag === owner)) {
      killGroup(directory);
      remove(directory);
    }
  } catch {
    // Where no temporary directory can be read, none was made.
  }
}

/**
 * Removes what processes left that were killed long ago; their groups have ended, and other ones may have their ids. Who
 * needs temporary files is told where none can be had: see {@link makeScratch}.
 */
export function sweepScratch(): void {
  try {
    for (const directory of ownedBy((tag) => stateOfTag(tag) === 'ended')) remove(directory);
  } catch {}
}

function ownedBy(isMeant: (tag: string) => boolean): readonly string[] {
  const user = process.getuid?.();
  return readdirSync(tmpdir())
    .filter((name) => NAME.test(name) && isMeant(NAME.exec(name)![1]!))
    .map((name) => join(tmpdir(), name))
    .filter((path) => {
      // Everybody may put something of that name there.
      const facts = lstatSync(path, { throwIfNoEntry: false });
      return facts?.isDirectory() && facts.uid === user;
    });
}

function killGroup(directory: string): void {
  try {
    const tag = readFileSync(join(directory, GROUP), 'utf8');
    const group = Number.parseInt(tag, 10);
    // A group keeps its id from others while anybody is in it, so one whose first process has ended may be killed too; but
    // where that process is another one by now, the group is another one.
    const isOther = stateOfTag(tag) === 'ended' && isRunning(group);
    if (group > 1 && !isOther) process.kill(-group, 'SIGKILL');
  } catch {}
}

function remove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch {}
}
