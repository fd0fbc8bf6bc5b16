import { getPriority, setPriority } from 'node:os';

/** Above what runs at the ordinary priority, below what the system needs. */
const PRIORITY = -15;

/**
 * Lets the calling thread, and what it starts from now on, run before others where the system allows it (to an
 * administrator): on a busy machine a link, client or server that waits for the processor would be measured as slow.
 * What comes of it is told by the error of the link by itself. Returns how to end it.
 */
export function takePrecedence(): () => void {
  const before = getPriority();
  try {
    setPriority(PRIORITY);
  } catch {
    return () => {};
  }
  return () => setPriority(before);
}
