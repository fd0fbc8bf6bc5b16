import { type Measurement, round } from '../measures/measurement.ts';
import type { ResultRecord } from '../results/record.ts';
import { divide } from '../stats/mod.ts';

/** Network time and time to unpack, of one model whose unpacking was timed with one worker; nothing where it was not. */
export function totalMeasures(
  records: readonly ResultRecord[],
  model: string,
): readonly Measurement[] {
  const own = records.filter((record) => 'value' in record).filter((one) => one.model === model);
  const rate = own.find(({ measure, workers }) => measure === 'throughput.unpack' && workers === 1);
  if (!rate) return [];
  const streams = new Map(
    own
      .filter(({ measure }) => measure === 'dedup.stream_bytes')
      .map(({ image, value }) => [image, Number(value)]),
  );
  return own
    .filter(({ measure }) => measure === 'transfer.network_ms')
    .flatMap(({ image, client, link, value }) => {
      const unpackMs = divide(streams.get(image), 1000 * Number(rate.value));
      if (unpackMs === undefined) return [];
      const total = round(Number(value) + unpackMs);
      return [{ image, client, link: link!, measure: 'transfer.total_ms', value: total }];
    });
}
