import { bestCompressed, bestRaw } from './claims/c08-chunk-size.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import { remark } from './verdict.ts';

/** Which chunk size is best? Claim C08: averages of 4–16 KiB without compression, 64 KiB with. */

export const chunkSize: Experiment = createExperiment({
  name: 'chunk-size',
  claims: 'C08 the best average chunk is 4 KiB to 16 KiB without compression, 64 KiB with zstd',
  title: 'Which chunk size is best?',
  decides: [bestCompressed, bestRaw],
  swept: [],
  packed: [],
  chart: 'chunk-size',
  isOfAnyStep: true,
  verdict: () => [
    remark(
      'Requests here are loose objects, one GET each. Where the cheapest average is the smallest or the largest compared, sizes beyond may be cheaper still.',
    ),
  ],
});
