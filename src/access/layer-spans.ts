import type { Inventory } from '../packers/inventory.ts';
import type { Store } from '../packers/packer.ts';
import { readPlainSpan, readZtoc } from '../packers/ztoc-format.ts';
import { equalSpans, readCheckpoints } from '../packers/ztoc-spans.ts';
import { readAll } from '../streams/source.ts';
import type { Place } from './places.ts';

/** Layers of which parts can be read. */
export interface SpanReader {
  /** The image as its fetcher sees it where of the layers with an index only spans with these bytes are wanted. */
  wantedFor(places: readonly Place[]): Inventory;
}

/** Reads where spans start from the zTOCs themselves. */
export function readLayerSpans(inventory: Inventory, store: Store): SpanReader {
  const { layerIndexes, layers } = inventory;
  const indexes = layerIndexes!.indexes.map((index) => {
    const { compression, checkpoints } = readZtoc(readAll(store.blob(index.digest)));
    const { size } = layers[index.layer]!;
    const spans =
      compression === 'gzip'
        ? readCheckpoints(checkpoints, size)
        : equalSpans(readPlainSpan(checkpoints), size);
    return { index, starts: spans.map(({ contentOffset }) => contentOffset) };
  });
  return {
    wantedFor: (places) => ({
      ...inventory,
      layerIndexes: {
        ...layerIndexes!,
        indexes: indexes.map(({ index, starts }) => {
          const own = places.filter(({ chunk }) => chunk.stream === index.layer);
          const spans = index.spans.filter((_, number) => {
            const [from, to] = [starts[number]!, starts[number + 1] ?? Number.POSITIVE_INFINITY];
            return own.some(({ offset, length }) => offset < to && from < offset + length);
          });
          return { ...index, spans };
        }),
      },
    }),
  };
}
