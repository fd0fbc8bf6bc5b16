import { formatBytes, MISSING } from '../../format.ts';
import { reuseIn, shortChunker } from '../reuse.ts';
import { perStep } from '../steps.ts';
import type { View } from '../view.ts';
import { text } from './cells.ts';
import type { Cell, Table } from './table.ts';

/** Who packs × what was held: what is left to share. */
export function parametersTable(view: View): Table {
  const reuse = reuseIn(view);
  const chunkers = reuse?.chunkers ?? [];
  return {
    id: 'parameters',
    title: 'Sharing between chunk parameters',
    note: `Bytes of the new image's chunks that the image before has ÷ those that it has if both are cut as the row says, ${reuse ? perStep(reuse.steps) : 'per step'}. Rows: who packs the new image. Columns: what cut the image before. 100 % on the diagonal.`,
    columns: [
      { title: 'Packed by' },
      ...chunkers.map((chunker) => ({
        title: shortChunker(chunker),
        hint: chunker,
        numeric: true,
      })),
    ],
    rows: chunkers.map((producer) => [
      { ...text(shortChunker(producer)), hint: producer },
      ...chunkers.map((consumer): Cell => {
        const { left, bytes } = reuse!.cell(producer, consumer);
        if (left === undefined) return text(MISSING);
        return {
          text: `${(100 * left).toFixed(1)} %`,
          sort: left,
          ...(bytes === undefined ? {} : { hint: formatBytes(bytes) }),
        };
      }),
    ]),
  };
}
