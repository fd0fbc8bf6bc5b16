import type { ChunkerMember } from './chunker.ts';
import { gearAlgorithm, gearParameters } from './gear.ts';
import { disorder } from './parameters.ts';

/**
 * FastCDC of 2020: W. Xia et al., "The Design of Fast Content-Defined Chunking for Data Deduplication Based Storage
 * Systems", IEEE TPDS 31(9), 2020. The paper leaves the masks open; cut points are those of fastcdc-rs (`v2020`),
 * which others follow. Rolling two bytes a step, it uses its sizes in halves: an odd one is rounded down.
 */
export const fastcdc: ChunkerMember = {
  name: 'fastcdc',
  title: 'FastCDC 2020: gear hash, normalised, two bytes a step',
  source: 'Xia et al., IEEE TPDS 31(9) 2020; cut points of fastcdc-rs, v2020',
  heldAgainst:
    'fastcdc-rs 5.0.0, v2020: equal cuts on 4 inputs by 12 sets; it refuses odd sizes in debug builds, its release builds cut them as here',
  parameters: [
    ...gearParameters,
    {
      name: 'seed',
      kind: 'hex',
      description: 'XORed into the gear table, so that chunk lengths tell a reader nothing',
      default: '0x0',
    },
  ],
  check: disorder,
  contentDefined: true,
  algorithm: (values) => gearAlgorithm(values, 2),
};
