import { FIDELITY_PARTS } from '../fidelity.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, text, valueCell } from './cells.ts';
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
    'image.duplicate_bytes',
    'image.reflinkable_share',
  ];
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
      number('Duplicate', 'image.duplicate_bytes: of itself or images before'),
      number('Reflinkable', 'share of the duplicate bytes that lies on common blocks'),
      { title: 'Digest' },
    ],
    rows: view.info.images.map(({ id, title, digest }, position) => [
      { text: id, sort: position },
      text(title),
      ...facts.map((fact) => valueCell(view, id, '*', fact, '-')),
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
