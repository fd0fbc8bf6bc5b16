import { formatNumber, formatShare, formatValue } from '../../format.ts';
import { busy, intervalNames, NOT_COMPARED } from '../noise.ts';
import { timingsOf } from '../timings.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, text } from './cells.ts';
import type { Table } from './table.ts';

export function timeModelTable(view: View): Table {
  const models = modelCells(view);
  const { links } = view.info;
  const reason = busy(view);
  const spread = intervalNames(view.of('transfer.measured_ms'));
  const checks = new Map(
    ['link.round_trip_ms', 'link.body_error'].flatMap((measure) =>
      view.of(measure).map(({ link, value }) => [`${measure} ${link}`, Number(value)] as const),
    ),
  );
  const own = links.flatMap(({ id, title }) => {
    const roundTrip = checks.get(`link.round_trip_ms ${id}`);
    const body = checks.get(`link.body_error ${id}`);
    if (roundTrip === undefined || body === undefined) return [];
    return `${title}: round trip ${formatValue(roundTrip, 'ms')} ms, one large body ${formatShare(body)} late`;
  });
  return {
    id: 'time-model',
    title: 'Modelled against measured transfers',
    note: `Pulls from docker-registry and nginx by a client with the previous image. Links are shaped by a proxy on this machine, which by itself has: ${own.join('; ') || 'not measured'}.${reason === undefined ? '' : ` ${NOT_COMPARED}`}`,
    columns: [
      { title: 'Image' },
      MODEL,
      { title: 'Link' },
      number('Modelled, ms', 'transfer.network_ms'),
      number('Measured, ms', `transfer.measured_ms: median, with its ${spread}`),
      number('from', `lower end: ${spread}`),
      number('to', `upper end: ${spread}`),
      number('Repetitions'),
      number('Error', 'transfer.model_error: modelled ÷ measured − 1'),
      number('Bytes on the wire', 'transfer.wire_bytes: from the servers, HTTP headers included'),
    ],
    rows: timingsOf(view).map((one) => {
      const position = view.info.images.findIndex(({ id }) => id === one.image);
      const rank = links.findIndex(({ id }) => id === one.link);
      return [
        { text: one.image, sort: position },
        models.get(one.model) ?? text(one.model),
        { text: links[rank]?.title ?? one.link, sort: rank },
        numeric(one.predictedMs, (ms) => formatValue(ms, 'ms')),
        numeric(one.measuredMs, (ms) => formatValue(ms, 'ms')),
        numeric(one.lowMs, (ms) => formatValue(ms, 'ms')),
        numeric(one.highMs, (ms) => formatValue(ms, 'ms')),
        numeric(one.repetitions, formatNumber),
        numeric(reason === undefined ? one.error : undefined, (share) => formatShare(share)),
        numeric(one.wireBytes, (bytes) => formatValue(bytes, 'bytes')),
      ];
    }),
  };
}
