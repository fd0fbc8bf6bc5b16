import { type Measurement, round } from '../measures/measurement.ts';
import type { ResultRecord } from '../results/record.ts';
import { divide } from '../stats/mod.ts';

/** Stages that a builder goes through with every byte of the new image, whatever it built before. */
const EVERY_BYTE = ['serialise', 'chunk', 'hash', 'write'] as const;

/**
 * Processor time of one worker to produce the next image for a registry that has those before, of one model that was timed;
 * nothing where it was not. The stages of the timed image are scaled: compressing by new bytes, the others by stream bytes.
 */
export function buildMeasures(
  records: readonly ResultRecord[],
  model: string,
): readonly Measurement[] {
  const own = records.filter((record) => 'value' in record).filter((one) => one.model === model);
  const stage = (name: string): (typeof own)[number] | undefined =>
    own.find(({ measure, workers }) => measure === `throughput.${name}_ms` && workers === 1);
  const compress = stage('compress');
  if (!compress) return [];
  const timed = compress.image;
  const bytes = (measure: string): ReadonlyMap<string, number> =>
    new Map(
      own
        .filter((one) => one.measure === measure)
        .map(({ image, value }) => [image, Number(value)]),
    );
  const [streams, fresh] = [bytes('dedup.stream_bytes'), bytes('dedup.new_bytes')];
  const everyByte = EVERY_BYTE.reduce((sum, name) => sum + Number(stage(name)?.value ?? 0), 0);
  return [...streams].flatMap(([image, streamBytes]) => {
    const grown = divide(streamBytes, streams.get(timed));
    const added = divide(fresh.get(image), fresh.get(timed));
    if (grown === undefined || added === undefined) return [];
    const value = round(everyByte * grown + Number(compress.value) * added);
    return [{ image, client: '-', measure: 'throughput.update_ms', value }];
  });
}
