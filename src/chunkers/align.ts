import type { Parameter } from '../ids.ts';
import type { Algorithm, ChunkerMember, Kernel } from './chunker.ts';

/**
 * A modifier of content-defined chunkers, `align=4KiB`: every chunk starts at a multiple of so many bytes of the stream. Where
 * the chunker ends a chunk, it is made longer up to the next multiple, and the next chunk starts there: a rule of the bytes
 * from the start on, as that of the chunker is. In a stream that is one file, chunks then lie on blocks of a file system.
 * What is inserted moves all that follows against the multiples, unless it is a multiple long.
 */
const MOST_ALIGN = 1 << 20;

const align: Parameter = {
  name: 'align',
  kind: 'bytes',
  description: 'cuts are rounded up to a multiple of it, a power of two',
  default: 1,
  minimum: 1,
  maximum: MOST_ALIGN,
  isSilent: true,
};

/** The member with the parameter `align`, last; one that is not content-defined stays as it is. */
export function alignable(member: ChunkerMember): ChunkerMember {
  if (!member.contentDefined) return member;
  return {
    ...member,
    parameters: [...member.parameters, align],
    check: (values) => {
      const grain = Number(values['align']);
      if (!isPower(grain)) return 'align must be a power of two, such as 4KiB';
      return member.check?.(values);
    },
    algorithm: (values) => aligned(member.algorithm(values), Number(values['align'])),
  };
}

const isPower = (value: number): boolean => Number.isInteger(Math.log2(value));

/** @param grain a power of two */
export function aligned(algorithm: Algorithm, grain: number): Algorithm {
  if (grain === 1) return algorithm;
  const { shortest, longest, kernel, revision } = algorithm;
  const up = (bytes: number): number => Math.ceil(bytes / grain) * grain;
  return {
    shortest: up(Math.max(1, shortest)),
    longest: up(longest),
    grain,
    ...(revision === undefined ? {} : { revision }),
    reference: (bytes, start) =>
      Math.min(up(algorithm.reference(bytes, start)), bytes.length - start),
    ...(kernel ? { kernel: alignedKernel(kernel, up, up(longest)) } : {}),
  };
}

/** The kernel cuts one chunk at a time: where it would cut the next one depends on where this one is made to end. */
function alignedKernel(kernel: Kernel, up: (bytes: number) => number, longest: number): Kernel {
  const reach = Math.max(kernel.reach, longest);
  return {
    ...kernel,
    reach,
    cut(machine, start, end, last, most = machine.capacity) {
      const lengths = new Uint32Array(most);
      let [at, count] = [start, 0];
      while (count < most && at < end && (last || end - at >= reach)) {
        if (kernel.cut(machine, at, end, last, 1) !== 1) break;
        const length = Math.min(up(machine.lengths(1)[0]!), end - at);
        lengths[count++] = length;
        at += length;
      }
      machine.lengths(count).set(lengths.subarray(0, count));
      return count;
    },
  };
}
