import { MemorySource } from '../streams/source.ts';
import { checkedLengths } from './checked.ts';
import type { Algorithm, Chunker } from './chunker.ts';

/**
 * The laws of every chunker, beyond what {@link checkedLengths} holds each single answer to. Returns what is broken, in
 * words; nothing for a chunker that keeps its contract.
 *
 * @param create a chunker that reads blocks of so many bytes
 * @param blocks sizes to try, bytes
 */
export function contractFaults(
  create: (blockBytes?: number) => Chunker,
  algorithm: Algorithm,
  bytes: Uint8Array,
  blocks: readonly number[],
): readonly string[] {
  const copy = bytes.slice();
  const source = new MemorySource(copy);
  const chunker = create();
  const lengths = checkedLengths(chunker, source);
  const faults: string[] = [];
  const demand = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  demand(equal(copy, bytes), 'alters its input');
  copy.set(bytes);
  demand(equal(lengths, checkedLengths(chunker, source)), 'keeps state between streams');
  demand(
    blocks.every((block) => equal(lengths, checkedLengths(create(block), source))),
    'depends on the blocks it reads',
  );
  demand(
    lengths.subarray(0, -1).every((length) => length >= algorithm.shortest),
    'cuts shorter than it promises',
  );
  demand(
    lengths.every((length) => length <= algorithm.longest),
    'cuts longer than it promises',
  );
  demand(equal(lengths, referenceLengths(algorithm, bytes)), 'differs from its reference');
  return faults;
}

/** Cuts by the readable definition. */
export function referenceLengths(algorithm: Algorithm, bytes: Uint8Array): Float64Array {
  const lengths: number[] = [];
  for (let start = 0; start < bytes.length; start += lengths.at(-1)!) {
    lengths.push(algorithm.reference(bytes, start));
  }
  return Float64Array.from(lengths);
}

function equal(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
