import { measures } from '../../measures/mod.ts';
import { formatNumber, formatShare, formatValue } from '../format.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, text, valueCell } from './cells.ts';
import type { Cell, Table } from './table.ts';

export function throughputTable(view: View): Table {
  const models = modelCells(view);
  const noise = view.of('throughput.noise_floor')[0]?.value;
  const rates = (['pack', 'unpack'] as const).flatMap((operation) =>
    view.of(`throughput.${operation}`).map((record) => ({ operation, record })),
  );
  return {
    id: 'throughput',
    title: 'Throughput',
    note: `Stream bytes per second, median with the bootstrap 95 % interval; MB = 10⁶ bytes. Timed: other machines give other figures. oci-gzip is timed as compressing its layers, also where they were delivered compressed; a model of one object is timed with one worker.${typeof noise === 'number' ? ` Differences below ${formatShare(noise)} are noise.` : ''}`,
    columns: [
      MODEL,
      { title: 'Operation' },
      number('Workers'),
      number('MB/s'),
      number('from', 'lower end of the interval'),
      number('to', 'upper end of the interval'),
      number('Repetitions'),
      number('Speed-up', 'over one worker'),
      number('Efficiency', 'speed-up ÷ workers'),
      number('Serial share', 'Karp–Flatt'),
    ],
    rows: rates.map(({ operation, record }) => {
      const { model, image, workers, n, low, high } = record;
      const other = (measure: string): Cell => {
        const name = `throughput.${operation}_${measure}`;
        const found = view
          .of(name)
          .find((one) => one.model === model && one.image === image && one.workers === workers);
        return numeric(found ? Number(found.value) : undefined, (value) =>
          formatValue(value, measures.get(name)!.unit),
        );
      };
      const rate = (value: number | undefined): Cell =>
        numeric(value, (one) => formatNumber(one, 1));
      return [
        models.get(model) ?? text(model),
        text(operation),
        numeric(workers, formatNumber),
        rate(Number(record.value)),
        rate(low),
        rate(high),
        numeric(n, formatNumber),
        other('speedup'),
        other('efficiency'),
        other('serial_share'),
      ];
    }),
  };
}

export function reproducibilityTable(view: View): Table {
  const models = modelCells(view);
  const columns = ['packings', 'distinct_digests', 'runtime_digests', 'fixpoint'] as const;
  return {
    id: 'reproducibility',
    title: 'Reproducibility',
    note: 'Packings of one image under shuffled order, other time zone, locale, umask and number of workers; one digest is canonical. Fixpoint 1: what was unpacked packs to the same digest.',
    columns: [
      MODEL,
      { title: 'Image' },
      number('Packings'),
      number('Digests'),
      number('Digests, Node and Deno'),
      number('Fixpoint'),
    ],
    rows: view
      .of('reproducibility.distinct_digests')
      .map(({ model, image }) => [
        models.get(model) ?? text(model),
        text(image),
        ...columns.map((measure) =>
          valueCell(view, image, model, `reproducibility.${measure}`, '-'),
        ),
      ]),
  };
}
