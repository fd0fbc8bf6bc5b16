import { type Request, transferOf } from '../src/fetchers/fetcher.ts';
import { formatSize } from '../src/ids.ts';
import { networkMs, resolveLinks } from '../src/links/mod.ts';
import { familyOf } from '../src/report/models.ts';
import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  areEqual,
  claim,
  type Finding,
  fixed,
  leastBy,
  type Met,
  mean,
  megabytes,
  remark,
  verdictWord,
} from './verdict.ts';

/**
 * Which chunk size is best? Claim C08: averages of 4–16 KiB without compression, 64 KiB with.
 *
 * An update costs bytes, new content and index entries, where requests are free; on a link it costs the modelled time, in
 * which requests wait for one another and for the link.
 */

/** casync's index: an offset and a digest a chunk. */
const INDEX_ENTRY_BYTES = 40;
const LINK = resolveLinks(['100m-20ms'])[0]!;
const KIB = 1024;

/** What an update moves; its objects count as equally long. */
interface Update {
  readonly indexBytes: number;
  readonly objects: number;
  readonly objectBytes: number;
}

interface Price {
  cost(update: Update): number;
  print(cost: number): string;
}

const PRICES: readonly Price[] = [
  {
    cost: ({ indexBytes, objectBytes }) => indexBytes + objectBytes,
    print: (bytes) => `${megabytes(bytes, 2)} an update`,
  },
  { cost: updateMs, print: (ms) => `${fixed(ms / 1000, 2)} s an update` },
];

export const chunkSize: Experiment = createExperiment({
  name: 'chunk-size',
  claims: 'C08',
  title: 'Which chunk size is best?',
  swept: ['catar|fastcdc:avg=1KiB..4MiB|none|objects|get'],
  packed: ['catar|fastcdc:avg={4KiB,16KiB,64KiB,256KiB}|zstd:3|objects|get'],
  verdict(records) {
    const raw = records.models.filter((model) => model.includes('|none|'));
    const compressed = records.models.filter((model) => model.includes('|zstd'));
    return [
      sentence('without compression', '4–16 KiB', [4 * KIB, 16 * KIB], raw, (model) =>
        updatesOf(records, model, swept),
      ),
      sentence('with zstd', '64 KiB', [64 * KIB, 64 * KIB], compressed, (model) =>
        updatesOf(records, model, packed),
      ),
      remark(
        'Packed and compressed are only the averages named with zstd. Requests here are loose objects, one GET each.',
      ),
    ];
  },
});

type Reader = (records: Records, model: string, image: string) => Omit<Update, 'objects'>;

const swept: Reader = ({ number }, model, image) => ({
  indexBytes: INDEX_ENTRY_BYTES * number(image, model, 'chunks.count'),
  objectBytes: number(image, model, 'dedup.new_bytes'),
});

const packed: Reader = ({ number }, model, image) => ({
  indexBytes: number(image, model, 'transfer.metadata_bytes', 'all-previous'),
  objectBytes: number(image, model, 'transfer.content_bytes', 'all-previous'),
});

function updatesOf(records: Records, model: string, read: Reader): readonly Update[] {
  const { images, updates, number } = records;
  const objects = (image: string): number => number(image, model, 'dedup.objects');
  return updates.map((image) => ({
    ...read(records, model, image),
    objects: objects(image) - objects(images[images.indexOf(image) - 1]!),
  }));
}

/** The index from the registry, then the objects from the store, as src/links/time.ts has it: milliseconds. */
function updateMs({ indexBytes, objects, objectBytes }: Update): number {
  const index: Request = { kind: 'blob', digest: '', role: 'metadata', bytes: indexBytes };
  const bytes = divide(objectBytes, objects) ?? 0;
  const object: Request = { kind: 'object', digest: '', role: 'content', bytes };
  const all = Array.from({ length: objects }, () => object);
  return networkMs(transferOf([[index], all]), LINK);
}

function sentence(
  what: string,
  claimed: string,
  [low, high]: readonly [number, number],
  models: readonly string[],
  updates: (model: string) => readonly Update[],
): Finding {
  const moved = models.map((model) => ({
    average: familyOf(model).average!,
    updates: updates(model),
  }));
  const best = PRICES.map(({ cost, print }) => {
    const costs = moved.map((one) => ({
      average: one.average,
      cost: mean(one.updates.map(cost)),
    }));
    const least = leastBy(costs, (one) => one.cost);
    // Where all cost the same, no size is the best.
    const isOpen = areEqual(costs, (one) => one.cost);
    const text = isOpen ? `all sizes alike` : formatSize(least.average);
    return { average: least.average, isOpen, text: `${text} (${print(least.cost)})` };
  });
  const averages = best.flatMap(({ average, isOpen }) => (isOpen ? [] : [average]));
  const cases = best.map(
    ({ average, isOpen }): Met => (isOpen ? undefined : average >= low && average <= high),
  );
  // Between free requests and those of the link lies a price at which the claimed size is best.
  const isPassed = averages.some((own) => own < low) && averages.some((own) => own > high);
  const word = verdictWord(isPassed ? [...cases, true] : cases, 'the cost of a request');
  const compared = models.map((model) => familyOf(model).average!);
  const edges = [Math.min(...compared), Math.max(...compared)];
  const edge = averages.some((average) => edges.includes(average))
    ? ' The least lies at an edge of what was compared: sizes beyond may be better still.'
    : '';
  const [free, modelled] = best.map(({ text }) => text);
  return claim(
    `C08 ${what}, ${claimed} claimed`,
    word,
    `. Least where requests are free: ${free}; by modelled time at ${LINK.title}: ${modelled}. Averages compared: ${compared.map(formatSize).join(', ')}.${edge}`,
  );
}
