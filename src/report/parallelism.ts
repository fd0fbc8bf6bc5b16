import type { ValueRecord } from '../results/record.ts';
import { divide } from '../stats/mod.ts';
import type { View } from './view.ts';

/** Of every model and number of cores, how many times as fast as one core it receives over a link. */
export function receiveGains(
  view: View,
  link: string,
): readonly Pick<ValueRecord, 'model' | 'workers' | 'value'>[] {
  const own = view.of('parallel.receive_ms').filter((record) => record.link === link);
  const alone = new Map(
    own.filter(({ workers }) => workers === 1).map(({ model, value }) => [model, Number(value)]),
  );
  return own.flatMap(({ model, workers, value }) => {
    const gain = divide(alone.get(model), Number(value));
    return gain === undefined || workers === undefined ? [] : [{ model, workers, value: gain }];
  });
}
