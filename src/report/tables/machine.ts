import { formatNumber, formatValue, listWords, MISSING } from '../../format.ts';
import { measures } from '../../measures/mod.ts';
import { OPERATIONS } from '../../measures/throughput.ts';
import type { ValueRecord } from '../../results/record.ts';
import { labelModels } from '../models.ts';
import {
  busy,
  disturbance,
  floors,
  formatGain,
  hasSpread,
  intervalNames,
  NOT_COMPARED,
  noiseFloor,
} from '../noise.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, text, valueCell } from './cells.ts';
import type { Cell, Table } from './table.ts';

export function throughputTable(view: View): Table {
  const models = modelCells(view);
  const rates = OPERATIONS.flatMap((operation) =>
    view.of(`throughput.${operation}`).map((record) => ({ operation, record })),
  );
  const spread = intervalNames(rates.map(({ record }) => record));
  return {
    id: 'throughput',
    title: 'Throughput',
    note: `Stream bytes per second, median and ${spread}; MB = 10⁶ bytes. Timed: other machines give other figures. ${delivered(view)}A model of one object cannot be parallelised and is timed with one worker. Speed-up: over one worker, with its ${spread}; left out where it is within noise.${noise(view)}`,
    columns: [
      MODEL,
      { title: 'Operation' },
      number('Workers'),
      number('MB/s'),
      number('from', `lower end: ${spread}`),
      number('to', `upper end: ${spread}`),
      number('Repetitions'),
      number('Speed-up', `over one worker, with its ${spread}`),
      number('Efficiency', 'speed-up ÷ workers'),
      number('Serial share', 'Karp–Flatt'),
    ],
    rows: rates.map(({ operation, record }) => {
      const { model, image, workers, n, low, high, disturbed } = record;
      const found = (measure: string): ValueRecord | undefined =>
        view
          .of(`throughput.${operation}_${measure}`)
          .find((one) => one.model === model && one.image === image && one.workers === workers);
      const speedUp = found('speedup');
      const gain = formatGain(view, speedUp, noiseFloor(view, operation));
      // What follows from a speed-up that is none says as little.
      const derived = (measure: string): Cell => {
        const value = gain === undefined ? undefined : found(measure)?.value;
        const { unit } = measures.get(`throughput.${operation}_${measure}`)!;
        return numeric(value === undefined ? undefined : Number(value), (one) =>
          formatValue(one, unit),
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
        disturbed === undefined
          ? numeric(n, formatNumber)
          : { text: `${n}, ${disturbed} disturbed`, sort: n! },
        gain === undefined ? noGain(view, speedUp) : { text: gain, sort: Number(speedUp!.value) },
        derived('efficiency'),
        derived('serial_share'),
      ];
    }),
  };
}

/** The format as it is in a registry is made by its builder: here it is timed as making it. */
function delivered({ info }: View): string {
  const names = labelModels(info.models);
  const own = info.models.filter(({ id }) => id.includes('|delivered|'));
  if (own.length === 0) return '';
  const called = listWords(own.map(({ id }) => names.get(id)!));
  return `${called}: timed as compressing the layers, also where they were delivered compressed. `;
}

function noise(view: View): string {
  if (busy(view) !== undefined) return ` ${NOT_COMPARED}`;
  const disturbed = disturbance(view.of('throughput.pack'));
  if (disturbed !== undefined) return ` ${disturbed}`;
  const known = floors(view);
  const again = labelModels(view.info.models).get(
    view.of('throughput.pack_noise_floor')[0]?.model ?? '',
  );
  const twice = again === undefined ? '' : ` ${again} was timed twice.`;
  const told = known === undefined ? '' : `${twice} Differences below ${known} are within noise.`;
  const repeated = Number(view.of('throughput.repeated_rounds')[0]?.value ?? 0);
  if (repeated === 0) return told;
  return `${told} Rounds timed again, since the machine did other work: ${repeated}.`;
}

/** One worker is what others are compared with; on a busy machine nothing is. */
function noGain(view: View, speedUp: ValueRecord | undefined): Cell {
  const isNoise = speedUp !== undefined && speedUp.workers !== 1 && hasSpread(speedUp);
  const isTold = busy(view) === undefined && speedUp?.disturbed === undefined;
  return isNoise && isTold ? text('within noise') : { text: MISSING };
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
