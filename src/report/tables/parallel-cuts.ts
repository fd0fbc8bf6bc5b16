import { formatNumber, MISSING } from '../../format.ts';
import type { ValueRecord } from '../../results/record.ts';
import { busy, formatGain, intervalNames, NOT_COMPARED } from '../noise.ts';
import { shortChunker } from '../reuse.ts';
import type { View } from '../view.ts';
import { number, numeric, text } from './cells.ts';
import type { Table } from './table.ts';

/** One stream cut by several threads, beside as many processes. */
export function parallelCutsTable(view: View): Table {
  const rates = view.of('parallel.cut');
  const floorRecord = view.of('parallel.cut_noise_floor')[0];
  const floor = floorRecord && Number(floorRecord.value);
  const spread = intervalNames(rates);
  const noise =
    busy(view) !== undefined
      ? ` ${NOT_COMPARED}`
      : floor === undefined
        ? ''
        : ` Differences below ${formatNumber(100 * floor, 1)} % are within noise.`;
  return {
    id: 'parallel-cuts',
    title: 'One stream cut by several threads',
    note: `The image as a tar, read from the page cache; median and ${spread}; MB = 10⁶ bytes. Processes: as many of one thread at once, each cutting the whole stream; sum of their rates ÷ rate of one alone. Cuts: by 2, 3, 4 and 8 threads, of the image, of zeros and of a period.${noise}`,
    columns: [
      { title: 'Chunker' },
      number('Threads'),
      number('MB/s'),
      number('from', `lower end: ${spread}`),
      number('to', `upper end: ${spread}`),
      number('Speed-up', 'over one thread, in the same round'),
      number('Processes', 'what the machine gives to as many independent processes'),
      number('Speed-up ÷ processes'),
      { title: 'Cuts' },
    ],
    rows: rates.map((record) => {
      const { image, model, workers, value, low, high } = record;
      const found = (measure: string): ValueRecord | undefined =>
        view
          .of(`parallel.${measure}`)
          .find((one) => one.model === model && one.workers === workers && one.image === image);
      const gain = (measure: string) => {
        const own = found(measure);
        const told = workers === 1 ? undefined : formatGain(view, own, floor);
        return told === undefined ? text(MISSING) : { text: told, sort: Number(own!.value) };
      };
      const unequal = view.number(image, model, 'parallel.cuts_unequal');
      const share = found('cut_share_of_machine')?.value;
      return [
        { ...text(shortChunker(model)), hint: model },
        numeric(workers, formatNumber),
        numeric(Number(value), (one) => formatNumber(one, 1)),
        numeric(low, (one) => formatNumber(one, 1)),
        numeric(high, (one) => formatNumber(one, 1)),
        gain('cut_speed_up'),
        gain('cut_machine_speed_up'),
        numeric(
          share === undefined || busy(view) !== undefined ? undefined : Number(share),
          (one) => formatNumber(one, 2),
        ),
        text(unequal === undefined ? MISSING : unequal === 0 ? 'equal' : `${unequal} differ`),
      ];
    }),
  };
}
