/** A pause is so many times as long as the report before it took: reports of a run that goes on take a twentieth of it at most. */
const PAUSE = 19;

/**
 * Writes reports of a run while it goes on: one at a time, and none soon after one that took long.
 *
 * @param write what is there so far
 * @param now milliseconds
 * @returns to be called after every image, and with `isWhole` when all that is exact is there, which waits for no pause; ends when
 * the report is written, at once where none is
 */
export function createPartialReports(
  write: () => Promise<unknown>,
  now: () => number = () => performance.now(),
): (isWhole?: boolean) => Promise<void> {
  let writing: Promise<void> | undefined;
  let earliest = Number.NEGATIVE_INFINITY;
  return async (isWhole = false) => {
    if (isWhole && writing) await writing;
    const start = now();
    if (writing || (start < earliest && !isWhole)) return;
    // The report at the end meets the same fault, and tells it.
    writing = write().then(
      () => undefined,
      () => undefined,
    );
    await writing;
    writing = undefined;
    earliest = now() + PAUSE * (now() - start);
  };
}
