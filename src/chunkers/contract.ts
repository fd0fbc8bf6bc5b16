import { MemorySource } from '../streams/source.ts';
import { checkedLengths } from './checked.ts';
import type { Algorithm, Chunker } from './chunker.ts';
import { referenceLengths } from './reference.ts';

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
  const faults: string[] = [];
  const demand = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const { shortest, longest } = algorithm;
  demand(shortest >= 0 && longest >= Math.max(1, shortest), 'promises no lengths');
  const lengths = checkedLengths(chunker, source);
  demand(equal(copy, bytes), 'alters its input');
  copy.set(bytes);
  demand(equal(lengths, checkedLengths(chunker, source)), 'keeps state between streams');
  demand(
    blocks.every((block) => equal(lengths, checkedLengths(create(block), source))),
    'depends on the blocks it reads',
  );
  demand(
    lengths.subarray(0, -1).every((length) => length >= shortest),
    'cuts shorter than it promises',
  );
  demand(
    lengths.every((length) => length <= longest),
    'cuts longer than it promises',
  );
  copy.set(bytes);
  demand(equal(lengths, referenceLengths(algorithm, copy)), 'differs from its reference');
  demand(equal(copy, bytes), 'alters its input');
  return [...new Set(faults)];
}

function equal(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
