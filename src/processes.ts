import { readFileSync } from 'node:fs';

/** True while a process of this machine has this id, somebody else's too. */
export function isRunning(pid: number): boolean {
  // 0 and negative numbers name groups.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
  return !hasEnded(pid);
}

/** A process that has ended keeps its id until its parent asks for it; in containers the parent of orphans may never do so. */
function hasEnded(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before the state is in parentheses, and may have some itself.
    return status.slice(status.lastIndexOf(')')).startsWith(') Z');
  } catch {
    return false;
  }
}
