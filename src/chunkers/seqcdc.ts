import { limits } from '../limits.ts';
import { type ChunkerMember, wasmKernel } from './chunker.ts';

/**
 * SeqCDC: cuts before the byte that completes a sequence of ascending (or descending) pairs of bytes; equal pairs neither
 * help nor break it. No hash. After `trigger` pairs that went the other way it skips bytes unread. The paper's sizes are
 * min and max; no parameter states the mean, which is to follow from `sequence`, `trigger` and `skip`.
 *
 * `min` is 1 byte to 64 MiB, `max` min to 64 MiB, `sequence` 1 to 255, `trigger` 1 to 65535, `skip` 0 bytes to 64 MiB,
 * `falling` 0 or 1. No scan is shared: which bytes are read at all depends on where the chunk begins and on `trigger` and `skip`.
 */
interface Rule {
  readonly min: number;
  readonly max: number;
  readonly sequence: number;
  readonly trigger: number;
  readonly skip: number;
  readonly falling: number;
}

export const seqcdc: ChunkerMember = {
  name: 'seqcdc',
  title: 'SeqCDC: at sequences of ascending bytes, skipping where there are few',
  source: 'Udayashankar et al., "SeqCDC", Middleware 2024; cut points of UWASL/dedup-bench',
  heldAgainst: 'UWASL/dedup-bench f2c7a7b (2025-10): its lengths on 2 files by test',
  // Defaults are those of the paper's evaluation at 16 KiB.
  parameters: [
    {
      name: 'min',
      kind: 'bytes',
      description: 'shortest chunk',
      default: 8192,
      minimum: 1,
      maximum: limits.chunkBytes,
    },
    {
      name: 'max',
      kind: 'bytes',
      description: 'longest chunk',
      default: (values) => Math.min(limits.chunkBytes, Number(values['min'] ?? 8192) * 4),
      minimum: 1,
      maximum: limits.chunkBytes,
    },
    {
      name: 'sequence',
      kind: 'integer',
      description: 'pairs in a row that make a cut',
      default: 5,
      minimum: 1,
      maximum: 255,
    },
    {
      name: 'trigger',
      kind: 'integer',
      description: 'opposed pairs after which bytes are skipped',
      default: 50,
      minimum: 1,
      maximum: 65535,
    },
    {
      name: 'skip',
      kind: 'bytes',
      description: 'bytes skipped',
      default: 512,
      minimum: 0,
      maximum: limits.chunkBytes,
    },
    {
      name: 'falling',
      kind: 'integer',
      description: '1: sequences descend',
      default: 0,
      minimum: 0,
      maximum: 1,
    },
  ],
  check: ({ min, max }) => (Number(min) > Number(max) ? 'min is above max' : undefined),
  contentDefined: true,
  algorithm: (values) => {
    const number = (name: string): number => Number(values[name]);
    const [min, max, sequence, trigger, skip, falling] = [
      number('min'),
      number('max'),
      number('sequence'),
      number('trigger'),
      number('skip'),
      number('falling'),
    ];
    const rule: Rule = { min, max, sequence, trigger, skip, falling };
    return {
      shortest: min,
      longest: max,
      reference: (bytes, start) => cut(rule, bytes.subarray(start, start + max)),
      kernel: wasmKernel('seqcdc', max, {
        numbers: [min, max, sequence, trigger, skip, falling],
        tables: new Uint8Array(0),
      }),
    };
  },
};

/** The definition: length of the chunk at the start of `bytes`, of which there are at most the longest chunk. */
function cut({ min, sequence, trigger, skip, falling }: Rule, bytes: Uint8Array): number {
  let inRow = 0;
  let opposed = 0;
  for (let at = min; at < bytes.length; at++) {
    const step = Math.sign(bytes[at]! - bytes[at - 1]!) * (falling ? -1 : 1);
    if (step === 0) continue;
    inRow = step > 0 ? inRow + 1 : 0;
    if (step < 0) opposed++;
    if (inRow === sequence) return at;
    if (opposed === trigger) {
      at += skip;
      opposed = 0;
    }
  }
  return bytes.length;
}
