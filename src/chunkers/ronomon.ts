import { type ChunkerMember, selectionOf, wasmKernel } from './chunker.ts';
import {
  ronomonCut,
  ronomonDisorder,
  ronomonParameters,
  ronomonSizes,
  ronomonTable,
} from './ronomon-cut.ts';

/**
 * FastCDC in the variant of ronomon/deduplication: see ronomon-cut.ts.
 *
 * `min` is 64 bytes to 64 MiB and below avg, `avg` 256 bytes to 16 MiB, `max` 1 KiB to 64 MiB and at least min + avg.
 */
export const ronomon: ChunkerMember = {
  name: 'ronomon',
  title: 'FastCDC as in ronomon: 31-bit gear hash, shifted right',
  source: 'ronomon/deduplication 2.0; fastcdc-wasm 0.1',
  heldAgainst:
    '@ronomon/deduplication 2.0.4: its vector by test; fastcdc-rs 5.0.0, ronomon: equal cuts on 4 inputs by 2 sets',
  parameters: ronomonParameters,
  check: ronomonDisorder,
  contentDefined: true,
  algorithm: (values) => {
    const sizes = ronomonSizes(values);
    const { min, pivot, max, strict, loose } = sizes;
    return {
      // The cut is after the byte, so the first candidate ends a chunk of min + 1.
      shortest: min,
      longest: max,
      reference: (bytes, start) => ronomonCut(bytes.subarray(start, start + max), sizes),
      kernel: wasmKernel('ronomon', max, {
        numbers: [min, pivot, max, strict, loose],
        tables: ronomonTable,
      }),
      selection: selectionOf({
        scan: 'scanRonomon',
        select: 'selectRonomon',
        setting: { numbers: [], tables: ronomonTable },
        window: 0,
        masks: { small: BigInt(strict), large: BigInt(loose) },
        first: min,
        centre: pivot,
        max,
      }),
    };
  },
};
