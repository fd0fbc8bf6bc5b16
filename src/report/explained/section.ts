import type { Tiles } from '../../attribution/tiles.ts';
import { formatBytes, formatNumber, formatShare } from '../../format.ts';
import { escapeHtml as html, printable } from '../escape.ts';
import { figure } from '../figure.ts';
import { htmlTable } from '../html-table.ts';
import type { Table } from '../tables/table.ts';
import { headline, MEASURES, SIDES, type Side } from './charts.ts';
import type { ExplainedDrawings } from './drawings.ts';
import { bytesOf, colourOf, longName } from './picture.ts';

/** Pictures of what is transferred and of what is stored, each with a table of the same figures beneath. */
export function explainedSection({ kept, drawings }: ExplainedDrawings): string {
  return SIDES.filter((side) => kept[side].bytes > 0)
    .map((side) => {
      const { bytes } = kept[side];
      const exact = `${formatBytes(bytes)} (${formatNumber(bytes)} bytes)`;
      const figures = drawings.filter((drawing) => drawing.side === side).map(figure);
      return `<p>${html(`${headline(kept, side)}: ${exact}.`)}</p>
${figures.join('\n')}
${htmlTable(tileTable(kept[side], side))}`;
    })
    .join('\n');
}

/** The tiles of a record, and their sum. */
export function tileTable(tiles: Tiles, side: Side): Table {
  const { bytes, groupedBy } = tiles;
  const isOfPackages = groupedBy === 'source package';
  const share = (part: number): string => formatShare(bytes > 0 ? part / bytes : 0);
  const rows = tiles.tiles.map((tile) => [
    { text: printable(tile.group) },
    ...(isOfPackages ? [{ text: printable(tile.package ?? '') }] : []),
    { text: printable(longName(tile)) },
    { text: tile.cause, colour: colourOf(tile.cause) },
    { text: formatNumber(tile.bytes), sort: tile.bytes },
    { text: share(tile.bytes), sort: tile.bytes },
    { text: formatNumber(tile.uncompressedBytes), sort: tile.uncompressedBytes },
  ]);
  const sum = bytesOf(tiles.tiles);
  return {
    id: `explained-${side}`,
    title: `Paths and causes of ${MEASURES[side]}`,
    note: `The figures of the pictures above: bytes as they are ${side}, their share, and what they are before compression. Sum ${formatNumber(sum)} bytes, ${MEASURES[side]} ${formatNumber(bytes)}, difference ${formatNumber(bytes - sum)}.`,
    columns: [
      { title: groupedBy },
      ...(isOfPackages ? [{ title: 'package' }] : []),
      { title: 'path', wide: true },
      { title: 'cause' },
      { title: 'bytes', numeric: true },
      { title: 'share', numeric: true },
      { title: 'uncompressed', numeric: true },
    ],
    rows,
  };
}
