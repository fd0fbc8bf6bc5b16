import { formatValue } from '../../format.ts';
import { CONCURRENCY } from '../../links/mod.ts';
import { CLIENTS } from '../../measures/clients.ts';
import { kindsOf } from '../steps.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, stepKind, text, valueCell } from './cells.ts';
import type { Table } from './table.ts';

export function transferTable(view: View): Table {
  const models = modelCells(view);
  const kinds = kindsOf(view);
  const clients = CLIENTS.filter((client) => client !== '-');
  return {
    id: 'transfer',
    title: 'Transfer to get each image',
    note: 'What a client pulls that holds nothing (none), the image before (previous), all before (all-previous), the base of all images (base), or the image of another distribution that spares most (other-distribution). Step: its kind, from the image before. Bodies only, without HTTP headers.',
    columns: [
      { title: 'Image' },
      { title: 'Step' },
      MODEL,
      { title: 'Client' },
      number('Bytes', 'transfer.bytes'),
      number('Content', 'transfer.content_bytes'),
      number('Metadata', 'transfer.metadata_bytes'),
      number('Requests', 'transfer.requests'),
      number('Rounds', 'transfer.rounds: requests that depend on one another'),
    ],
    rows: view.info.images.flatMap(({ id: image }, position) =>
      view.info.models.flatMap(({ id }) =>
        clients
          .filter((client) => view.record(image, id, 'transfer.bytes', client))
          .map((client) => [
            { text: image, sort: position },
            stepKind(kinds, image),
            models.get(id)!,
            text(client),
            ...['bytes', 'content_bytes', 'metadata_bytes', 'requests', 'rounds'].map((measure) =>
              valueCell(view, image, id, `transfer.${measure}`, client),
            ),
          ]),
      ),
    ),
  };
}

export function linkTable(view: View): Table {
  const models = modelCells(view);
  const kinds = kindsOf(view);
  const total = new Map(
    view
      .of('transfer.total_ms')
      .map((record) => [
        [record.image, record.model, record.client, record.link].join('\n'),
        record,
      ]),
  );
  return {
    id: 'links',
    title: 'Modelled time of each step',
    note: `For a client with the previous image, over ${CONCURRENCY} connections to each server. A model, not a measurement: METHODS.md has its error; with unpacking added where that was timed.`,
    columns: [
      { title: 'Image' },
      { title: 'Step' },
      MODEL,
      { title: 'Link' },
      number('Network, ms', 'transfer.network_ms'),
      number('With unpacking, ms', 'transfer.total_ms'),
    ],
    rows: view
      .of('transfer.network_ms')
      .filter(({ client }) => client === 'previous')
      .map((record) => {
        const { image, model, client, link = '' } = record;
        const sum = total.get([image, model, client, link].join('\n'))?.value;
        const position = view.info.images.findIndex(({ id }) => id === image);
        const rank = view.info.links.findIndex(({ id }) => id === link);
        return [
          { text: image, sort: position },
          stepKind(kinds, image),
          models.get(model) ?? text(model),
          { text: view.info.links[rank]?.title ?? link, sort: rank },
          numeric(Number(record.value), (ms) => formatValue(ms, 'ms')),
          numeric(typeof sum === 'number' ? sum : undefined, (ms) => formatValue(ms, 'ms')),
        ];
      }),
  };
}
