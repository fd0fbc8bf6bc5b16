import { readFileSync } from 'node:fs';

/**
 * Processor time of the calling thread so far, milliseconds: `process.cpuUsage` has that of all threads, which work on
 * other cells meanwhile. proc(5), schedstat; the runtimes have no call for it.
 */
export function threadMs(): number {
  const [nanoseconds] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ');
  return Number(nanoseconds) / 1e6;
}
