import type { ChunkerMember } from './chunker.ts';
import { gearAlgorithm, gearParameters } from './gear.ts';
import { disorder } from './parameters.ts';

/**
 * FastCDC of 2016: W. Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data
 * Deduplication", USENIX ATC 2016; cut points of fastcdc-rs 4.0.1 (`v2016`). With even sizes they are those of `fastcdc`.
 */
export const fastcdc2016: ChunkerMember = {
  name: 'fastcdc2016',
  title: 'FastCDC 2016: gear hash, normalised, one byte a step',
  source: 'Xia et al., USENIX ATC 2016; cut points of fastcdc-rs 4.0.1, v2016',
  parameters: gearParameters,
  check: disorder,
  contentDefined: true,
  algorithm: (values) => gearAlgorithm(values, 1),
};
