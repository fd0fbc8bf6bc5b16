import { formatNumber, formatValue, MISSING } from '../../format.ts';
import { SCHEDULED } from '../../measures/schedule.ts';
import type { ValueRecord } from '../../results/record.ts';
import { formatGain, intervalNames, noiseFloor } from '../noise.ts';
import { receiveGains } from '../parallelism.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, text } from './cells.ts';
import type { Cell, Table } from './table.ts';

/** Numbers of cores that have a column. */
const SHOWN = [2, 8, 64] as const;

export function parallelismTable(view: View): Table {
  const machine = view.of('parallel.pack_machine_speed_up');
  const most = Math.max(0, ...machine.map(({ workers = 0 }) => workers));
  const used = view.of('parallel.cores_used').map(({ value }) => Number(value));
  const baseline =
    used.length > 0
      ? ` The pass that recorded them kept ${formatNumber(Math.max(...used), 2)} cores busy at most.`
      : '';
  return {
    id: 'parallelism',
    title: 'Parallelism of the formats',
    note: `Processor time of every stage of every object on one core, and the longest chain of stages that wait for one another; their quotient is the most that any number of cores can gain. Speed-ups: list schedules of the same stages. Receive: downloading to a client that holds nothing, and unpacking meanwhile; its span has the link in it.${baseline} Processes: what this machine gives to independent processes of the same work, with ${intervalNames(machine)}.`,
    columns: [
      MODEL,
      { title: 'Operation' },
      number('Work, ms'),
      number('Span, ms'),
      number('Work ÷ span'),
      ...SHOWN.map((cores) => number(`On ${cores}`, `speed-up on ${cores} cores, by the schedule`)),
      number(`${most} processes`, 'sum of their rates ÷ rate of one alone'),
    ],
    rows: [
      ...SCHEDULED.flatMap((operation) => alone(view, operation, most)),
      ...view.info.links.flatMap(({ id, title }) => received(view, id, title)),
    ],
  };
}

function alone(
  view: View,
  operation: (typeof SCHEDULED)[number],
  most: number,
): readonly (readonly Cell[])[] {
  const models = modelCells(view);
  const find = (measure: string, model: string, workers?: number): ValueRecord | undefined =>
    view
      .of(`parallel.${operation}_${measure}`)
      .find((one) => one.model === model && one.workers === workers);
  return view.of(`parallel.${operation}_work_ms`).map(({ model, value }) => {
    const processes = operation === 'verify' ? undefined : find('machine_speed_up', model, most);
    const floor = operation === 'verify' ? undefined : noiseFloor(view, operation);
    return [
      models.get(model) ?? text(model),
      text(operation),
      ms(Number(value)),
      ms(numberOf(find('span_ms', model))),
      ratio(numberOf(find('work_per_span', model))),
      ...SHOWN.map((cores) => ratio(numberOf(find('speed_up', model, cores)))),
      text(formatGain(view, processes, floor) ?? MISSING),
    ];
  });
}

function received(view: View, link: string, title: string): readonly (readonly Cell[])[] {
  const models = modelCells(view);
  const gains = receiveGains(view, link);
  return view
    .of('parallel.receive_span_ms')
    .filter((record) => record.link === link)
    .map(({ model, value }) => [
      models.get(model) ?? text(model),
      text(`receive, ${title}`),
      text(MISSING),
      ms(Number(value)),
      text(MISSING),
      ...SHOWN.map((cores) => {
        const own = gains.find((one) => one.model === model && one.workers === cores);
        return ratio(own && Number(own.value));
      }),
      text(MISSING),
    ]);
}

function numberOf(record: ValueRecord | undefined): number | undefined {
  return record && Number(record.value);
}

const ms = (value: number | undefined): Cell => numeric(value, (one) => formatValue(one, 'ms'));
const ratio = (value: number | undefined): Cell =>
  numeric(value, (one) => formatValue(one, 'ratio'));
