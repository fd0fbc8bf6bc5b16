import type { ChunkerMember } from './chunker.ts';

/** The stream is one chunk. There is no parameter, and no byte is read, so there is no scan to share. */
export const whole: ChunkerMember = {
  name: 'whole',
  title: 'no cuts: the stream is one chunk',
  source: 'OCI image specification: a layer is one blob',
  heldAgainst: 'nothing: there are no cuts',
  parameters: [],
  contentDefined: false,
  algorithm: () => ({
    shortest: Number.POSITIVE_INFINITY,
    longest: Number.POSITIVE_INFINITY,
    isUniform: true,
    reference: (bytes, start) => bytes.length - start,
  }),
};
