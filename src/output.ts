import { writeSync } from 'node:fs';
import { ClosedOutput, errorCode, writeError } from './errors.ts';

/** Standard output and standard error. */

const OUTPUT = 1;
const ERRORS = 2;
/** Milliseconds until a pipe that was full is asked again, where it is one that does not block. */
const RETRY_MS = 2;

/**
 * Writes everything to standard output before it returns, since the runtimes' own streams write to a file what fits and say
 * nothing, and a pipe must get the last line even when the process then ends. Throws a StorageError, or a ClosedOutput where
 * nobody reads any more.
 */
export function writeOutput(text: string): void {
  try {
    write(OUTPUT, text);
  } catch (error) {
    // `bench … | head` closes the pipe early; that is no failure.
    if (errorCode(error) === 'EPIPE') throw new ClosedOutput();
    throw writeError(error, 'standard output');
  }
}

/** As {@link writeOutput}, to standard error. Where nobody listens to complaints there is nobody to complain to. */
export function writeErrors(text: string): void {
  try {
    write(ERRORS, text);
  } catch {}
}

function write(descriptor: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      const count = writeSync(descriptor, bytes, done, bytes.length - done);
      if (count === 0) throw Object.assign(new Error('nothing is taken'), { code: 'EIO' });
      done += count;
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
