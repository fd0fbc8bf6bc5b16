/** Milliseconds after which what a test waits for is taken never to come: long, since the machine may be busy. */
const PATIENCE_MS = 120_000;

/** Looks again and again until a condition holds; throws what was waited for where it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
