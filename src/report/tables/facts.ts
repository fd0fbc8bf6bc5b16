import { formatBytes } from '../../format.ts';
import { FIDELITY_PARTS } from '../fidelity.ts';
import { groupBy } from '../group.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, text, valueCell } from './cells.ts';
import type { Table } from './table.ts';

export function fidelityTable(view: View): Table {
  const models = modelCells(view);
  return {
    id: 'fidelity',
    title: 'Fidelity',
    note: 'What of the metadata each format keeps. Bytes saved by dropping metadata are no saving.',
    columns: [MODEL, ...FIDELITY_PARTS.map(([, title]) => ({ title }))],
    rows: view.info.models.flatMap(({ id, fidelity }) =>
      fidelity === undefined
        ? []
        : [
            [
              models.get(id)!,
              ...FIDELITY_PARTS.map(([key]) => {
                const kept = fidelity[key];
                return text(typeof kept === 'string' ? kept : kept ? 'kept' : 'dropped');
              }),
            ],
          ],
    ),
  };
}

export function modelTable(view: View): Table {
  const models = modelCells(view);
  return {
    id: 'models',
    title: 'Models',
    note: 'Serialiser, chunker, codec, packer and fetcher of each model, every parameter stated. Presets have a short name.',
    columns: [{ title: 'Label' }, { title: 'Canonical id' }],
    rows: view.info.models
      .filter(({ fidelity }) => fidelity !== undefined)
      .map(({ id }) => [models.get(id)!, text(id)]),
  };
}

export function imageTable(view: View): Table {
  const facts = [
    'image.distribution',
    'step.kind',
    'step.shared_share',
    'image.entries',
    'image.files',
    'image.logical_bytes',
    'image.layer_bytes',
    'image.delivered_bytes',
    'image.shadowed_bytes',
    'image.duplicate_bytes',
    'image.reflinkable_share',
  ];
  // An experiment may take its images for something else, and record nothing of them.
  const isKnown = facts.some((fact) => view.of(fact).length > 0);
  return {
    id: 'images',
    title: 'Images of the series',
    note: 'Facts of the images, whatever the model. Step: its kind, from the image before, and the bytes of whole files in both ÷ in either (METHODS.md, Steps).',
    columns: [
      { title: 'Image' },
      { title: 'Title' },
      { title: 'Distribution' },
      { title: 'Step', hint: 'step.kind' },
      number('Shared', 'step.shared_share: whole files in both images ÷ in either'),
      number('Entries'),
      number('Files'),
      number('File contents'),
      number('Layers, uncompressed'),
      number('Layers, delivered'),
      number(
        'Shadowed',
        'image.shadowed_bytes, sum of the layers: contents that the image does not show',
      ),
      number('Duplicate', 'image.duplicate_bytes: of itself or images before'),
      number('Reflinkable', 'share of the duplicate bytes that lies on common blocks'),
      { title: 'Digest' },
    ],
    rows: (isKnown ? view.info.images : []).map(({ id, title, digest }, position) => [
      { text: id, sort: position },
      text(title),
      ...facts.map((fact) =>
        fact === 'image.shadowed_bytes'
          ? numeric(sumOfLayers(view, id), formatBytes)
          : valueCell(view, id, '*', fact, '-'),
      ),
      { text: digest.slice(0, 19), hint: digest },
    ]),
  };
}

/** Of an image; undefined where no layer has a value. */
function sumOfLayers(view: View, image: string): number | undefined {
  const layers = view.of('image.shadowed_bytes').filter((record) => record.image === image);
  return layers.length === 0
    ? undefined
    : layers.reduce((sum, { value }) => sum + Number(value), 0);
}

/** What each layer carries in vain, of images that have several. */
export function layerTable(view: View): Table {
  const own = view.of('image.shadowed_bytes');
  const counts = groupBy(own, ({ image }) => image);
  return {
    id: 'layers',
    title: 'Layers',
    note: 'File contents that a layer carries and the image does not show, since a layer above replaces the file or takes it away. Layer 1 is the lowest. A client that pulls layers pulls them all.',
    columns: [
      { title: 'Image' },
      { title: 'Layer', numeric: true },
      number('Shadowed', 'image.shadowed_bytes'),
    ],
    rows: view.info.images.flatMap(({ id }, position) =>
      (counts.get(id)?.length ?? 0) < 2
        ? []
        : counts
            .get(id)!
            .map(({ layer = 0, value }) => [
              { text: id, sort: position },
              { text: String(layer), sort: layer },
              numeric(Number(value), formatBytes),
            ]),
    ),
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
