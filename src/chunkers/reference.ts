import { PluginError, SkippedError } from '../errors.ts';
import { formatSize } from '../ids.ts';
import { limits } from '../limits.ts';
import { type ByteSource, readAll } from '../streams/source.ts';
import type { Algorithm } from './chunker.ts';
import { Lengths } from './lengths.ts';

/**
 * Lengths of all chunks of `source` by the readable definition, which reads the whole stream from memory, bytes. Throws a
 * SkippedError where the stream is longer than `limits.referenceBytes`.
 */
export function splitByReference(algorithm: Algorithm, source: ByteSource): Float64Array {
  checkReferenceBytes(source.length);
  return referenceLengths(algorithm, readAll(source));
}

export function checkReferenceBytes(length: number): void {
  if (length <= limits.referenceBytes) return;
  throw new SkippedError(
    `a stream of ${length} bytes is longer than ${formatSize(limits.referenceBytes)}, the most that is cut by a reference`,
    {},
    'give the chunker a kernel, or cut shorter streams',
  );
}

/** Cuts by the readable definition. Every answer is checked, so that a wrong one can neither go on for ever nor go unseen. */
export function referenceLengths(algorithm: Algorithm, bytes: Uint8Array): Float64Array {
  const lengths = new Lengths();
  for (let start = 0; start < bytes.length; ) {
    const length = algorithm.reference(bytes, start);
    const fault = answerFault(length, bytes.length - start, algorithm);
    if (fault !== undefined) throw new PluginError(`its reference ${fault}`, { offset: start });
    lengths.add(length);
    start += length;
  }
  return lengths.all();
}

/** What is wrong with the length of a chunk where `left` bytes are left. */
function answerFault(
  length: unknown,
  left: number,
  { shortest, longest }: Algorithm,
): string | undefined {
  if (typeof length !== 'number') return `returned ${typeof length} where a number is due`;
  if (!(Number.isSafeInteger(length) && length > 0)) return `gave a chunk a length of ${length}`;
  if (length > left) return `gave a chunk ${length} bytes where ${left} are left`;
  if (length > longest) return `cuts longer than it promises: ${length}, not ${longest} bytes`;
  if (length < shortest && length < left) {
    return `cuts shorter than it promises: ${length}, not ${shortest} bytes`;
  }
  return undefined;
}
