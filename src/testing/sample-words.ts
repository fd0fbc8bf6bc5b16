import { summarise } from '../report/sentences/mod.ts';
import { createView } from '../report/view.ts';
import { sampleInfo, sampleSeries, sampleSteps } from './sample-run.ts';

/** What a report says of a made-up series, by topic. */

type Info = ReturnType<typeof sampleInfo>;
export type Records = Parameters<typeof createView>[1];

/** @param kinds of the steps; absent where all are updates */
export function words(
  info: Info,
  records: Records,
  kinds?: Parameters<typeof sampleSteps>[1],
): Record<string, string> {
  const sentences = summarise(createView(info, [...sampleSteps(info, kinds), ...records]));
  return Object.fromEntries(sentences.map(({ topic, text }) => [topic, text]));
}

export const info: Info = sampleInfo([
  { id: 'g', alias: 'oci-gzip' },
  { id: 'c', alias: 'catar' },
  { id: 'x' },
]);
// Stored 30+30+40 = 100 MB; 40+10+5 = 55 MB; 50+50+50 = 150 MB.
export const records: Records = [
  ...sampleSeries(info, 'g', [30, 30, 40], [3, 3, 3]),
  ...sampleSeries(info, 'c', [40, 10, 5], [900, 200, 100]),
  ...sampleSeries(info, 'x', [50, 50, 50], [1, 1, 1]),
];
