import { formatShare, formatValue } from '../../format.ts';
import { divide } from '../../stats/mod.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, text, valueCell } from './cells.ts';
import type { Table } from './table.ts';

export function lazyStartTable(view: View): Table {
  const models = modelCells(view);
  const others = new Map(
    ['lazy.requests', 'lazy.round_trips', 'lazy.touched_bytes', 'lazy.touched_requests'].flatMap(
      (measure) =>
        view
          .of(measure)
          .map(({ program, model, image, value }) => [
            [measure, program, model, image].join('\n'),
            Number(value),
          ]),
    ),
  );
  return {
    id: 'lazy-start',
    title: 'Lazy start of each program',
    note: 'What a client that holds nothing fetches for the files, and parts of files, that a program asked for when it started, beside a pull of the whole image. Mapped parts of files count whole, so bytes are an upper bound; touched pages alone are what is needed where nothing is read ahead. Bodies only, without HTTP headers; accesses are known beforehand.',
    columns: [
      { title: 'Program' },
      { title: 'Image' },
      MODEL,
      number('Bytes', 'lazy.bytes'),
      number('Requests', 'lazy.requests'),
      number('Round trips', 'lazy.round_trips'),
      number('Touched pages alone', 'lazy.touched_bytes'),
      number('in requests', 'lazy.touched_requests'),
      number('Full pull', 'transfer.bytes of a client that holds nothing'),
      number('Share', 'lazy.bytes ÷ transfer.bytes'),
    ],
    rows: view.of('lazy.bytes').map(({ program = '', image, model, value }) => {
      const other = (measure: string): number | undefined =>
        others.get([measure, program, model, image].join('\n'));
      const whole = view.number(image, model, 'transfer.bytes', 'none');
      return [
        text(program),
        text(image),
        models.get(model) ?? text(model),
        numeric(Number(value), (bytes) => formatValue(bytes, 'bytes')),
        numeric(other('lazy.requests'), (count) => formatValue(count, 'count')),
        numeric(other('lazy.round_trips'), (count) => formatValue(count, 'count')),
        numeric(other('lazy.touched_bytes'), (bytes) => formatValue(bytes, 'bytes')),
        numeric(other('lazy.touched_requests'), (count) => formatValue(count, 'count')),
        valueCell(view, image, model, 'transfer.bytes', 'none'),
        numeric(divide(Number(value), whole), (share) => formatShare(share)),
      ];
    }),
  };
}
