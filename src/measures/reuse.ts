import type { Division } from '../accounting/divide.ts';
import { DIGEST_BYTES } from '../accounting/window.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { divide } from '../stats/mod.ts';
import { clientWithChunks } from './clients.ts';
import { type Measurement, round } from './measurement.ts';

/** The distinct chunks of an image, lengths by their numbers: bytes. */
interface Chunks {
  readonly table: DigestTable;
  readonly lengths: Float64Array;
}

/**
 * What the chunks of the image before are good for where they were cut by other parameters: of every chain as the one that
 * cuts the next image, by every chain of the same serialiser as the one that cut what is held.
 */
export class ReuseCount {
  /** By chain; undefined where there is no image before. */
  #held: ReadonlyMap<string, Chunks> | undefined;

  /** @param divided by chain; undefined where the image could not be had: the next one then has no figures */
  enter(
    image: string,
    divided: ReadonlyMap<string, Division> | undefined,
  ): readonly (readonly [model: string, measurements: readonly Measurement[]])[] {
    const held = this.#held;
    const own = divided && new Map([...divided].map(([model, one]) => [model, distinct(one)]));
    this.#held = own;
    if (!own || !held) return [];
    return [...own].map(([model, chunks]) => {
      const alike = reusedBytes(chunks, held.get(model)!);
      const measurements = [...held]
        .filter(([other]) => serialiserOf(other) === serialiserOf(model))
        .flatMap(([other, store]): readonly Measurement[] => {
          const key = { image, client: clientWithChunks(chunkerOf(other)) };
          const bytes = reusedBytes(chunks, store);
          const left = divide(bytes, alike);
          return [
            { ...key, measure: 'dedup.reused_bytes', value: bytes },
            ...(left === undefined
              ? []
              : [{ ...key, measure: 'dedup.reuse_left', value: round(left) } as const]),
          ];
        });
      return [model, measurements] as const;
    });
  }
}

const serialiserOf = (model: string): string => model.split('|')[0]!;
const chunkerOf = (model: string): string => model.split('|')[1]!;

function distinct({ lengths, digests }: Division): Chunks {
  const table = new DigestTable(lengths.length, DIGEST_BYTES);
  const own = new Float64Array(lengths.length);
  for (const [chunk, length] of lengths.entries()) {
    own[table.add(digests, DIGEST_BYTES * chunk)] = length;
  }
  return { table, lengths: own };
}

/** Bytes of the chunks that the store has. */
function reusedBytes({ table, lengths }: Chunks, store: Chunks): number {
  const { digests, count } = table;
  let bytes = 0;
  for (let chunk = 0; chunk < count; chunk++) {
    if (store.table.find(digests, DIGEST_BYTES * chunk) >= 0) bytes += lengths[chunk]!;
  }
  return bytes;
}
