import { formatBytes, formatShare } from '../../format.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, text } from './cells.ts';
import type { Table } from './table.ts';

/** What a file system can share of files that are cut one by one. */
export function alignmentTable(view: View): Table {
  const models = modelCells(view);
  const positions = new Map(view.info.planned.map((id, position) => [id, position]));
  return {
    id: 'alignment',
    title: 'Blocks that a file system can share',
    note: 'Files cut one by one, before compression. With a store: each chunk is a file; its whole blocks of 4 KiB can be shared where it starts on a block of the file it is of. Between files: of bytes that were there before, those on blocks at the same offset within a block.',
    columns: [
      { title: 'Image' },
      MODEL,
      number('With a store', 'dedup.store_reflinkable_bytes'),
      number('of file bytes', 'dedup.store_reflinkable_share'),
      number('There before', 'dedup.duplicate_bytes'),
      number('Between files', 'dedup.reflinkable_bytes'),
      number('of those there before', 'dedup.reflinkable_share'),
    ],
    rows: view.of('dedup.store_reflinkable_bytes').map(({ image, model }) => {
      const of = (measure: string): number | undefined =>
        view.number(image, model, `dedup.${measure}`);
      return [
        { text: image, sort: positions.get(image) },
        models.get(model) ?? text(model),
        numeric(of('store_reflinkable_bytes'), formatBytes),
        numeric(of('store_reflinkable_share'), formatShare),
        numeric(of('duplicate_bytes'), formatBytes),
        numeric(of('reflinkable_bytes'), formatBytes),
        numeric(of('reflinkable_share'), formatShare),
      ];
    }),
  };
}
