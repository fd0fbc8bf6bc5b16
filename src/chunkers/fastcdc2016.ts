import type { ChunkerMember } from './chunker.ts';
import { gearAlgorithm, gearParameters } from './gear.ts';
import { disorder } from './parameters.ts';

/**
 * FastCDC of 2016: W. Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data
 * Deduplication", USENIX ATC 2016; cut points of fastcdc-rs (`v2016`). With even sizes they are those of `fastcdc`.
 */
export const fastcdc2016: ChunkerMember = {
  name: 'fastcdc2016',
  title: 'FastCDC 2016: gear hash, normalised, one byte a step',
  source: 'Xia et al., USENIX ATC 2016; cut points of fastcdc-rs, v2016',
  heldAgainst:
    'fastcdc-rs 5.0.0, v2016: equal cuts on 4 inputs by 8 sets; published vectors by test',
  parameters: gearParameters,
  check: disorder,
  contentDefined: true,
  algorithm: (values) => gearAlgorithm(values, 1),
};
