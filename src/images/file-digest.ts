import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Bytes read at a time. */
const READ = 1 << 20;

/** `sha256:…` of a file's bytes. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const step of readSteps(path)) hash.update(step);
  return `sha256:${hash.digest('hex')}`;
}

/**
 * A file's bytes through two buffers, the next read while one is used: each step holds until the next. Streams make new buffers,
 * hundreds of megabytes of them before the first is collected.
 */
export async function* readSteps(path: string): AsyncGenerator<Uint8Array> {
  const buffers = [new Uint8Array(READ), new Uint8Array(READ)] as const;
  const file = await open(path);
  const read = (turn: number): Promise<{ readonly bytesRead: number }> => {
    const reading = file.read(buffers[turn % 2]!, 0, READ);
    // Whoever takes the step is told.
    reading.catch(() => {});
    return reading;
  };
  let next = read(0);
  try {
    for (let turn = 0; ; turn++) {
      const { bytesRead } = await next;
      if (bytesRead === 0) return;
      next = read(turn + 1);
      yield buffers[turn % 2]!.subarray(0, bytesRead);
    }
  } finally {
    await next.catch(() => {});
    await file.close();
  }
}
