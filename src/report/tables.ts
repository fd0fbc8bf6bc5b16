import { measures } from '../measures/mod.ts';
import type { RunModel } from '../results/run.ts';
import { FIDELITY_PARTS, lost } from './fidelity.ts';
import {
  formatBinary,
  formatBytes,
  formatNumber,
  formatShare,
  formatValue,
  MISSING,
} from './format.ts';
import { labelModels, lookOf } from './models.ts';
import { BASELINES } from './sentences/compare.ts';
import type { Cell, Column, Table } from './table.ts';
import { type Client, lastImage, meanPerUpdate, standings, type View } from './view.ts';

/** The tables of a report that have rows. */
export function makeTables(view: View): readonly Table[] {
  return [
    seriesTable(view),
    transferTable(view),
    growthTable(view),
    linkTable(view),
    throughputTable(view),
    reproducibilityTable(view),
    fidelityTable(view),
    modelTable(view),
    imageTable(view),
  ].filter(({ rows }) => rows.length > 0);
}

const text = (words: string): Cell => ({ text: words });

function numeric(value: number | undefined, format: (value: number) => string): Cell {
  return value === undefined ? { text: MISSING } : { text: format(value), sort: value };
}

function valueCell(
  view: View,
  image: string,
  model: string,
  measure: string,
  client: Client,
): Cell {
  const value = view.record(image, model, measure, client)?.value;
  if (value === undefined) return { text: MISSING };
  const shown = formatValue(value, measures.get(measure)!.unit);
  return typeof value === 'number' ? { text: shown, sort: value } : { text: shown };
}

function modelCells(view: View): ReadonlyMap<string, Cell> {
  const labels = labelModels(view.info.models);
  return new Map(
    view.info.models.map((model) => [
      model.id,
      { text: labels.get(model.id)!, hint: model.id, colour: lookOf(model).colour },
    ]),
  );
}

const MODEL: Column = { title: 'Model', hint: 'canonical id as a hint on each name' };
const number = (title: string, hint = ''): Column => ({ title, hint, numeric: true });

/** The last image's sums, one row per model: what most readers came for. */
export function seriesTable(view: View): Table {
  const image = lastImage(view) ?? '';
  const models = modelCells(view);
  const list = standings(view, image, 'stored.bytes');
  const baseline = BASELINES.map((alias) => list.find(({ model }) => model.alias === alias)).find(
    Boolean,
  );
  const value = (model: RunModel, measure: string, client: Client = '-'): Cell =>
    valueCell(view, image, model.id, measure, client);
  return {
    id: 'series',
    title: `The series up to ${image}`,
    note: `Sums over all images so far. Difference is against ${baseline ? baseline.model.alias : 'no baseline, since none was measured'}. MB = 10⁶ bytes, KiB = 1024 bytes.`,
    columns: [
      MODEL,
      number('Stored', 'stored.bytes'),
      number('Difference', 'stored bytes against the baseline'),
      { title: 'Drops', wide: true, hint: 'metadata that the format does not keep' },
      number('Metadata', 'stored.metadata_bytes'),
      number('Blobs', 'stored.blobs'),
      number('Unique', 'dedup.unique_bytes, before compression'),
      number('Ratio', 'dedup.ratio: stream bytes ÷ unique bytes'),
      number('Mean chunk', 'chunks.mean of the last image'),
      number('Per update', 'transfer.bytes of a client with the image before, mean'),
      number('Requests', 'transfer.requests of a client with the image before, mean per update'),
      number('Cumulative', 'transfer.cumulative_bytes of a client that follows the series'),
    ],
    rows: list.map(({ model, value: stored }) => [
      models.get(model.id)!,
      value(model, 'stored.bytes'),
      baseline && baseline.value > 0
        ? numeric(
            stored / baseline.value - 1,
            (share) => `${share > 0 ? '+' : ''}${formatShare(share)}`,
          )
        : { text: MISSING },
      text(lost(model.fidelity).join(', ') || 'nothing'),
      value(model, 'stored.metadata_bytes'),
      value(model, 'stored.blobs'),
      value(model, 'dedup.unique_bytes'),
      value(model, 'dedup.ratio'),
      numeric(view.number(image, model.id, 'chunks.mean'), formatBinary),
      numeric(meanPerUpdate(view, model.id, 'transfer.bytes'), formatBytes),
      numeric(meanPerUpdate(view, model.id, 'transfer.requests'), (n) => formatNumber(n, 1)),
      value(model, 'transfer.cumulative_bytes', 'all-previous'),
    ]),
  };
}

function transferTable(view: View): Table {
  const models = modelCells(view);
  const clients = ['none', 'previous', 'all-previous'] as const;
  return {
    id: 'transfer',
    title: 'Transfer to get each image',
    note: 'What a client pulls that holds nothing (none), the image before (previous), or all before (all-previous). Bodies only, without HTTP headers.',
    columns: [
      { title: 'Image' },
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

function growthTable(view: View): Table {
  const models = modelCells(view);
  return {
    id: 'growth',
    title: 'Growth image by image',
    note: 'What each image adds, and the sums so far.',
    columns: [
      { title: 'Image' },
      MODEL,
      number('Stream', 'dedup.stream_bytes'),
      number('New', 'dedup.new_bytes: unique bytes that this image adds'),
      number('Unique so far', 'dedup.unique_bytes'),
      number('Stored so far', 'stored.bytes'),
      number('Chunks', 'chunks.count'),
      number('Mean chunk', 'chunks.mean'),
    ],
    rows: view.info.images.flatMap(({ id: image }, position) =>
      view.info.models
        .filter(({ id }) => view.record(image, id, 'stored.bytes'))
        .map(({ id }) => [
          { text: image, sort: position },
          models.get(id)!,
          ...[
            'dedup.stream_bytes',
            'dedup.new_bytes',
            'dedup.unique_bytes',
            'stored.bytes',
            'chunks.count',
          ].map((measure) => valueCell(view, image, id, measure, '-')),
          numeric(view.number(image, id, 'chunks.mean'), formatBinary),
        ]),
    ),
  };
}

function linkTable(view: View): Table {
  const models = modelCells(view);
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
    title: 'Modelled time of an update',
    note: 'For a client with the image before: rounds × round trip + requests ÷ 6 × 3 ms + bytes ÷ bandwidth. A model, not a measurement; with unpacking added where that was timed.',
    columns: [
      { title: 'Image' },
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
          models.get(model) ?? text(model),
          { text: view.info.links[rank]?.title ?? link, sort: rank },
          numeric(Number(record.value), (ms) => formatValue(ms, 'ms')),
          numeric(typeof sum === 'number' ? sum : undefined, (ms) => formatValue(ms, 'ms')),
        ];
      }),
  };
}

function throughputTable(view: View): Table {
  const models = modelCells(view);
  const noise = view.of('throughput.noise_floor')[0]?.value;
  const rates = (['pack', 'unpack'] as const).flatMap((operation) =>
    view.of(`throughput.${operation}`).map((record) => ({ operation, record })),
  );
  return {
    id: 'throughput',
    title: 'Throughput',
    note: `Stream bytes per second, median with the bootstrap 95 % interval; MB = 10⁶ bytes. Timed: other machines give other figures. oci-gzip copies layers that were delivered compressed.${typeof noise === 'number' ? ` Differences below ${formatShare(noise)} are noise.` : ''}`,
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

function reproducibilityTable(view: View): Table {
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

function fidelityTable(view: View): Table {
  const models = modelCells(view);
  return {
    id: 'fidelity',
    title: 'Fidelity',
    note: 'What of the metadata each format keeps. Bytes saved by dropping metadata are no saving.',
    columns: [MODEL, ...FIDELITY_PARTS.map(([, title]) => ({ title }))],
    rows: view.info.models.map((model) => [
      models.get(model.id)!,
      ...FIDELITY_PARTS.map(([key]) => {
        const kept = model.fidelity[key];
        return text(typeof kept === 'string' ? kept : kept ? 'kept' : 'dropped');
      }),
    ]),
  };
}

function modelTable(view: View): Table {
  const models = modelCells(view);
  return {
    id: 'models',
    title: 'Models',
    note: 'Serialiser, chunker, codec, packer and fetcher of each model, every parameter stated. Presets have a short name.',
    columns: [{ title: 'Label' }, { title: 'Canonical id' }],
    rows: view.info.models.map(({ id }) => [models.get(id)!, text(id)]),
  };
}

function imageTable(view: View): Table {
  const facts = ['entries', 'files', 'logical_bytes', 'layer_bytes', 'delivered_bytes'];
  return {
    id: 'images',
    title: 'Images of the series',
    note: 'Facts of the images, whatever the model.',
    columns: [
      { title: 'Image' },
      { title: 'Title' },
      number('Entries'),
      number('Files'),
      number('File contents'),
      number('Layers, uncompressed'),
      number('Layers, delivered'),
      { title: 'Digest' },
    ],
    rows: view.info.images.map(({ id, title, digest }, position) => [
      { text: id, sort: position },
      text(title),
      ...facts.map((fact) => valueCell(view, id, '*', `image.${fact}`, '-')),
      { text: digest.slice(0, 19), hint: digest },
    ]),
  };
}

/** Cells without figures, and why. */
export function missingTable(view: View): Table {
  const models = modelCells(view);
  return {
    id: 'missing',
    title: 'Failed and skipped',
    note: 'Cells without figures. Running again retries them.',
    columns: [
      { title: 'Outcome' },
      { title: 'Image' },
      MODEL,
      { title: 'Measure' },
      { title: 'Reason', wide: true },
    ],
    rows: view.records.flatMap((record) => {
      if ('value' in record) return [];
      const { image, model, measure } = record;
      const reason = 'error' in record ? record.error : record.skipped;
      return [
        [
          text('error' in record ? 'failed' : 'skipped'),
          text(image),
          models.get(model) ?? text(model),
          text(measure === '*' ? 'all' : measure),
          text(reason),
        ],
      ];
    }),
  };
}
