import { PluginError } from '../errors.ts';
import { DigestTable } from './digest-table.ts';

/**
 * The distinct chunks of one packed image, columns of one row an object, in order of first appearance. An object's name
 * is the sha256 of its uncompressed content, as in casync, ostree and restic stores: compression may change without
 * renaming anything.
 */
export interface ObjectTable {
  readonly count: number;
  /** sha256 of the content, 32 bytes each. */
  readonly digests: Uint8Array;
  /** Length of the content: bytes. */
  readonly lengths: Float64Array;
  /** Where the first appearance starts in the streams laid end to end: bytes. */
  readonly offsets: Float64Array;
}

export interface Distinct {
  readonly objects: ObjectTable;
  /** Number of the object behind each chunk, all streams in order. */
  readonly sequence: Uint32Array;
}

/** Chunks that follow one another, with one digest each → distinct objects. */
export function distinctObjects(lengths: Float64Array, digests: Uint8Array): Distinct {
  const table = new DigestTable(lengths.length);
  const sequence = table.addAll(digests);
  const objectLengths: number[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (let chunk = 0; chunk < lengths.length; chunk++) {
    const length = lengths[chunk]!;
    const number = sequence[chunk]!;
    if (number === objectLengths.length) {
      objectLengths.push(length);
      offsets.push(offset);
    } else if (objectLengths[number] !== length) {
      throw new PluginError('two chunks of different length have one digest', { offset });
    }
    offset += length;
  }
  return {
    sequence,
    objects: {
      count: table.count,
      digests: table.digests.slice(),
      lengths: Float64Array.from(objectLengths),
      offsets: Float64Array.from(offsets),
    },
  };
}
