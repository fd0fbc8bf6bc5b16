import { formatSize } from '../src/ids.ts';
import { familyOf } from '../src/report/models.ts';
import type { Experiment, Records } from './experiment.ts';

/**
 * Which chunk size is best? Claim C08: averages of 4–16 KiB without compression, 64 KiB with.
 *
 * The cost of an update, bytes: new content + index entries + requests × what a request is worth.
 */

/** casync's index: an offset and a digest a chunk. */
const INDEX_ENTRY_BYTES = 40;
/** What 100 Mb/s carry in the 3 ms of a request, six of which are in flight (METHODS.md, Time). */
const REQUEST_BYTES = (0.003 / 6) * (100e6 / 8);
const KIB = 1024;

export const chunkSize: Experiment = {
  name: 'chunk-size',
  title: 'Which chunk size is best?',
  swept: ['catar|fastcdc:avg=1KiB..4MiB|none|objects|get'],
  packed: ['catar|fastcdc:avg={4KiB,16KiB,64KiB,256KiB}|zstd:3|objects|get'],
  verdict(records) {
    const raw = records.models.filter((model) => model.includes('|none|'));
    const compressed = records.models.filter((model) => model.includes('|zstd'));
    return [
      sentence('without compression', '4–16 KiB', [4 * KIB, 16 * KIB], raw, (model, cost) =>
        sweptCost(records, model, cost),
      ),
      sentence('with zstd', '64 KiB', [64 * KIB, 64 * KIB], compressed, (model, cost) =>
        packedCost(records, model, cost),
      ),
      'Packed and compressed are only the averages named with zstd. Requests here are loose objects, one GET each.',
    ];
  },
};

/** Mean over the updates: bytes, requests counted as `requestBytes` each. */
function sweptCost({ images, number }: Records, model: string, requestBytes: number): number {
  return meanOfUpdates(images, (image, previous) => {
    const fresh = number(image, model, 'dedup.objects') - number(previous, model, 'dedup.objects');
    const index = INDEX_ENTRY_BYTES * number(image, model, 'chunks.count');
    return number(image, model, 'dedup.new_bytes') + index + fresh * requestBytes;
  });
}

function packedCost({ images, number }: Records, model: string, requestBytes: number): number {
  return meanOfUpdates(
    images,
    (image) =>
      number(image, model, 'transfer.bytes', 'all-previous') +
      number(image, model, 'transfer.requests', 'all-previous') * requestBytes,
  );
}

function meanOfUpdates(
  images: readonly string[],
  cost: (image: string, previous: string) => number,
): number {
  const updates = images.slice(1).map((image, number) => cost(image, images[number]!));
  return updates.reduce((sum, value) => sum + value, 0) / updates.length;
}

function sentence(
  what: string,
  claimed: string,
  [low, high]: readonly [number, number],
  models: readonly string[],
  cost: (model: string, requestBytes: number) => number,
): string {
  const best = [0, REQUEST_BYTES].map((requestBytes) => {
    const costs = models.map((model) => ({
      average: familyOf(model).average!,
      bytes: cost(model, requestBytes),
    }));
    return costs.reduce((least, one) => (one.bytes < least.bytes ? one : least));
  });
  if (best.some(({ bytes }) => !Number.isFinite(bytes)))
    return `C08 ${what}: undecided, a series of at least two images is needed.`;
  const averages = best.map(({ average }) => average);
  const isMet = averages.map((average) => average >= low && average <= high);
  // Between free and dear requests lies a price at which the claimed size is best.
  const isPassed = Math.min(...averages) < low && Math.max(...averages) > high;
  const depends = isPassed || isMet.some(Boolean);
  const word = isMet.every(Boolean)
    ? 'confirmed'
    : depends
      ? 'depends on the cost of a request'
      : 'refuted';
  const compared = models.map((model) => familyOf(model).average!);
  const edges = [Math.min(...compared), Math.max(...compared)];
  const edge = averages.some((average) => edges.includes(average))
    ? ' The least lies at an edge of what was compared: sizes beyond may be better still.'
    : '';
  const [free, dear] = best.map(
    ({ average, bytes }) => `${formatSize(average)} (${(bytes / 1e6).toFixed(2)} MB an update)`,
  );
  return `C08 ${what}, ${claimed} claimed: **${word}**. Least where requests are free: ${free}; where one is worth ${REQUEST_BYTES} bytes (100 Mb/s): ${dear}. Averages compared: ${compared.map(formatSize).join(', ')}.${edge}`;
}
