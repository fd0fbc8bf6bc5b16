import { formatSize } from '../ids.ts';
import { limits } from '../limits.ts';
import { buzhashAlgorithm } from './buzhash.ts';
import type { ChunkerMember } from './chunker.ts';
import { disorder, sizeParameters } from './parameters.ts';
import { borgTable } from './tables/borg.ts';

/**
 * Buzhash over the 4095 bytes that *follow* the cut, as borg 1.x cuts (`--chunker-params buzhash,19,23,21,4095`). An
 * encrypted repository XORs a secret seed into the table; unencrypted it is 0. The last min + 4095 bytes of a stream are
 * never cut, nor the last 4095 bytes of a chunk that reaches max.
 */
const WINDOW = 4095;

export const borg: ChunkerMember = {
  name: 'borg',
  title: 'buzhash, window 4095 ahead of the cut',
  source: 'borgbackup/borg 1.x, chunker buzhash; table from there (BSD-3-Clause)',
  heldAgainst:
    'borg 1.4.5 and 2.0.0b22 at fc74d5f (2026-08), chunker buzhash: its 320 sets by test; borg 1.2.4 by test. The default of borg 2 is a keyed FastCDC, another chunker',
  parameters: [
    // Defaults of borg: 512 KiB, 2 MiB, 8 MiB.
    ...sizeParameters({
      min: { least: 64, most: limits.chunkBytes, default: (avg) => avg / 4 },
      avg: {
        least: 64,
        most: limits.chunkBytes,
        default: 2 << 20,
        description: 'mean distance of candidates; the hash has log2(avg) low bits zero',
      },
      max: { least: 4096, most: limits.chunkBytes, default: (avg) => Math.max(avg * 4, 8192) },
    }),
    { name: 'seed', kind: 'hex', description: 'u32, XORed into the table', default: '0x0' },
  ],
  check: (values) => {
    const [min, avg, max] = [Number(values['min']), Number(values['avg']), Number(values['max'])];
    const power = 2 ** Math.round(Math.log2(avg));
    if (power !== avg) return `avg must be a power of two, such as ${formatSize(power)}`;
    if (min + WINDOW + 1 > max) return 'max must be at least min + 4096';
    if (BigInt(values['seed']!) > 0xffffffffn) return 'seed must fit 32 bits';
    return disorder(values);
  },
  contentDefined: true,
  algorithm: (values) => {
    const seed = Number(values['seed']);
    return buzhashAlgorithm({
      min: Number(values['min']),
      max: Number(values['max']),
      table: borgTable.map((word) => word ^ seed),
      window: WINDOW,
      ahead: WINDOW,
      addend: 0,
      divisor: Number(values['avg']),
    });
  },
};
