import { formatBinary, formatBytes, formatShare, formatValue } from '../../format.ts';
import { limits } from '../../limits.ts';
import { clientWith, heldImage } from '../../measures/clients.ts';
import { hasSums } from '../sums.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, text, valueCell } from './cells.ts';
import type { Cell, Table } from './table.ts';

/** What a format costs beside the wire: disks of receiver and registry, manifests, the builder's time. */
export function sidesTable(view: View): Table {
  const models = modelCells(view);
  const sums = hasSums(view)
    ? ([
        ['Registry so far', 'stored.disk_bytes'],
        ['Blobs so far', 'stored.blobs'],
      ] as const)
    : [];
  return {
    id: 'sides',
    title: 'Both ends of the wire',
    note: `Disk in blocks of 4 KiB. The receiver holds one image; objects that are whole files serve as these files, for other objects a store stays beside the files. Manifests beyond ${formatBinary(limits.manifestBytes)} are marked: registries need not take them.`,
    columns: [
      { title: 'Image' },
      MODEL,
      number('Receiver', 'disk.bytes'),
      number('Files', 'disk.files_bytes'),
      number('Store', 'disk.store_bytes'),
      number('In memory once', 'disk.page_cache_shared_bytes of a client with all images before'),
      ...sums.map(([title, measure]) => number(title, measure)),
      number('Manifest', 'stored.manifest_bytes'),
      number(
        'Build, ms',
        'throughput.update_ms: modelled from the timed stages of the first image',
      ),
    ],
    rows: view.info.images.flatMap(({ id: image }, position) =>
      view.info.models
        .filter(({ id }) => view.record(image, id, 'disk.bytes'))
        .map(({ id }) => {
          const value = (measure: string): Cell => valueCell(view, image, id, measure, '-');
          return [
            { text: image, sort: position },
            models.get(id)!,
            value('disk.bytes'),
            value('disk.files_bytes'),
            value('disk.store_bytes'),
            valueCell(view, image, id, 'disk.page_cache_shared_bytes', 'all-previous'),
            ...sums.map(([, measure]) => value(measure)),
            manifestCell(view.number(image, id, 'stored.manifest_bytes')),
            numeric(view.number(image, id, 'throughput.update_ms'), (ms) => formatValue(ms, 'ms')),
          ];
        }),
    ),
  };
}

function manifestCell(bytes: number | undefined): Cell {
  const flag = `beyond ${formatBinary(limits.manifestBytes)}`;
  return numeric(bytes, (value) =>
    value > limits.manifestBytes ? `${formatBytes(value)}, ${flag}` : formatBytes(value),
  );
}

/** What two images have in common, and what it takes to go from either to the other. */
export function pairTable(view: View): Table {
  const models = modelCells(view);
  return {
    id: 'pairs',
    title: 'Pairs of images',
    note: 'Bytes to pull one image with nothing but the other, and what both share: objects before compression; for whole files each content once. Share: bytes in both ÷ bytes in either.',
    columns: [
      { title: 'Image' },
      { title: 'Other image' },
      MODEL,
      number('From other', 'transfer.bytes to the image'),
      number('To other', 'transfer.bytes to the other image'),
      number('Shared', 'dedup.shared_bytes; image.shared_file_bytes of whole files'),
      number('Share', 'dedup.shared_share; image.shared_file_share of whole files'),
    ],
    rows: view
      .of('dedup.shared_bytes')
      .concat(view.of('image.shared_file_bytes'))
      .flatMap(({ image, model, client, measure, value }) => {
        const other = heldImage(client);
        if (other === undefined) return [];
        const place = (id: string): Cell => ({
          text: id,
          sort: view.info.images.findIndex((one) => one.id === id),
        });
        const isFiles = measure === 'image.shared_file_bytes';
        const share = isFiles ? 'image.shared_file_share' : 'dedup.shared_share';
        const cells = [
          place(image),
          place(other),
          isFiles ? text('whole files') : (models.get(model) ?? text(model)),
          valueCell(view, image, model, 'transfer.bytes', clientWith(other)),
          valueCell(view, other, model, 'transfer.bytes', clientWith(image)),
          numeric(Number(value), formatBytes),
          numeric(view.number(image, model, share, clientWith(other)), formatShare),
        ];
        return [cells];
      }),
  };
}
