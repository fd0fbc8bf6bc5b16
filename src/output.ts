import { fstatSync } from 'node:fs';
import { writeAll } from './write-whole.ts';

/** Standard output and standard error. */

/**
 * Writes everything before it returns, or throws a StorageError: also where the stream is a file, of which the runtimes' own
 * streams write what fits and say nothing. A pipe must get the last line even when the process then exits.
 */
export function outputWriter(
  stream: NodeJS.WriteStream,
  descriptor: number,
  name: string,
): (text: string) => void {
  if (isStreamed(descriptor)) return (text) => void stream.write(text);
  return (text) => writeAll(descriptor, text, name);
}

/** Progress that cannot be shown stops nobody. */
export function progressWriter(stream: NodeJS.WriteStream): (text: string) => void {
  const write = outputWriter(stream, 2, 'standard error');
  stream.on('error', () => {});
  return (text) => {
    try {
      write(text);
    } catch {}
  };
}

/** Terminals, pipes and sockets take their time; all else takes bytes at once. */
function isStreamed(descriptor: number): boolean {
  try {
    const facts = fstatSync(descriptor);
    const isTerminal = descriptor === 1 ? process.stdout.isTTY : process.stderr.isTTY;
    return isTerminal === true || facts.isFIFO() || facts.isSocket();
  } catch {
    return true;
  }
}
