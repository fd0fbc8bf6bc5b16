import { formatBinary, formatNumber } from '../src/format.ts';
import { familyOf } from '../src/report/models.ts';
import { change, divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, interpolate, type Records } from './experiment.ts';
import {
  atMost,
  claim,
  type Finding,
  type Met,
  megabytes,
  ofUpdates,
  percent,
  remark,
  undecided,
  verdictWord,
} from './verdict.ts';

/** Does one stream of all files, cut across their boundaries, beat cutting file by file? Claim C11. */

/** The order of a depth-first walk; `bench run order` asks for others. */
const STREAM = 'stream:order=lexicographic';
/** Cut file by file, as one stream of contents, as one stream with the metadata in it. */
const SERIALISERS = ['files', STREAM, 'catar'] as const;
type Serialiser = (typeof SERIALISERS)[number];
/** Smaller differences do not count. */
const SAME = 0.02;

export const stream: Experiment = createExperiment({
  name: 'stream',
  claims: 'C11',
  title: 'Does one stream of all files beat cutting file by file?',
  swept: SERIALISERS.map((name) => `${name}|fastcdc:avg=4KiB..256KiB|none|objects|get`),
  packed: SERIALISERS.map((name) => `${name}|fastcdc:avg={16KiB,64KiB}|zstd:3|objects|get`),
  verdict(records) {
    return [storage(records), transfer(records), atEqualMean(records), lengths(records)];
  },
});

type Triple = Readonly<Record<Serialiser, string>>;

/** Models of each average that was packed, or swept. */
function byAverage({ models }: Records, codec: 'none' | 'zstd'): ReadonlyMap<number, Triple> {
  const own = models.filter((model) => model.split('|')[2]!.startsWith(codec));
  const averages = [...new Set(own.map((model) => familyOf(model).average!))];
  const modelOf = (serialiser: Serialiser, average: number): string =>
    own.find((id) => id.startsWith(`${serialiser}|`) && familyOf(id).average === average)!;
  return new Map(
    averages.map((average) => [
      average,
      {
        files: modelOf('files', average),
        [STREAM]: modelOf(STREAM, average),
        catar: modelOf('catar', average),
      },
    ]),
  );
}

function isLess(own: number, other: number): Met {
  return atMost(divide(own, other), 1 - SAME);
}

function storage(records: Records): Finding {
  const last = records.images.at(-1)!;
  const rows = [...byAverage(records, 'zstd')].map(([average, models]) => {
    const of = (serialiser: Serialiser, measure: string): number =>
      records.number(last, models[serialiser], measure);
    const parts = SERIALISERS.map((serialiser) => {
      const sizes = ['dedup.unique_bytes', 'stored.bytes', 'stored.metadata_bytes'].map((measure) =>
        megabytes(of(serialiser, measure)),
      );
      const chunks = formatNumber(of(serialiser, 'dedup.objects'));
      return `${nameOf(serialiser)} ${[chunks, ...sizes].join(' · ')}`;
    });
    return {
      isMet: isLess(of(STREAM, 'stored.bytes'), of('files', 'stored.bytes')),
      text: `average ${formatBinary(average)}: ${parts.join('; ')}`,
    };
  });
  const word = verdictWord(
    rows.map(({ isMet }) => isMet),
    'the chunk size',
  );
  return claim(
    `C11 one stream of contents stores at least ${percent(SAME)} less than files cut one by one, by the same chunker and codec`,
    word,
    `. ${records.images.length} images up to ${last}, distinct chunks · their bytes before compression · stored in all · of it metadata: ${rows.map(({ text }) => text).join('. ')}. catar keeps file metadata in its stream, where it counts as content.`,
  );
}

function transfer(records: Records): Finding {
  const isMet: Met[] = [];
  const texts = [...byAverage(records, 'zstd')].map(([average, models]) => {
    const of = (serialiser: Serialiser, measure: string): readonly number[] =>
      ofUpdates(records, models[serialiser], measure);
    const steps = records.updates.map((image, update) => {
      const bytes = SERIALISERS.map((serialiser) => of(serialiser, 'transfer.bytes')[update]!);
      const requests = SERIALISERS.map((name) => of(name, 'transfer.requests')[update]!);
      isMet.push(isLess(bytes[1]!, bytes[0]!));
      return `→ ${image} ${bytes.map((one) => megabytes(one)).join(' / ')} in ${requests.map((count) => formatNumber(count)).join(' / ')} requests`;
    });
    return `average ${formatBinary(average)}: ${steps.join('; ')}`;
  });
  const word = verdictWord(isMet, 'the update and the chunk size');
  return claim(
    `C11 an update of one stream transfers at least ${percent(SAME)} less than of files cut one by one`,
    word,
    `. Client with the image before, ${SERIALISERS.map(nameOf).join(' / ')}: ${texts.join('. ')}.`,
  );
}

/** Files end chunks early: one parameter gives shorter chunks file by file than in a stream. */
function atEqualMean(records: Records): Finding {
  const last = records.images.at(-1)!;
  const sets = [...byAverage(records, 'none').values()];
  const points = (serialiser: Serialiser): readonly (readonly [mean: number, unique: number])[] =>
    sets.map((models) => [
      records.number(last, models[serialiser], 'chunks.mean'),
      records.number(last, models[serialiser], 'dedup.unique_bytes'),
    ]);
  const rows = points('files').flatMap(([mean, unique]) => {
    const own = interpolate(points(STREAM), mean);
    if (own === undefined) return [];
    const text = `${formatBinary(mean)} ${megabytes(own)} for ${megabytes(unique)} (${percent(change(own, unique), true)})`;
    return { isMet: isLess(own, unique), text };
  });
  const what = `C11 at equal obtained mean, one stream has at least ${percent(SAME)} fewer unique bytes than files cut one by one`;
  if (rows.length === 0) return undecided(what, 'no mean is reached by both');
  const word = verdictWord(
    rows.map(({ isMet }) => isMet),
    'the mean',
  );
  return claim(
    what,
    word,
    `. Without compression, at the means that files obtain on ${last}: ${rows.map(({ text }) => text).join('; ')}.`,
  );
}

function lengths(records: Records): Finding {
  const last = records.images.at(-1)!;
  const sets = [...byAverage(records, 'zstd')].map(([average, models]) => {
    const parts = SERIALISERS.map((serialiser) => {
      const [mean, low, middle, high] = ['mean', 'p5', 'p50', 'p95'].map((name) =>
        formatBinary(records.number(last, models[serialiser], `chunks.${name}`)),
      );
      return `${nameOf(serialiser)} ${mean} (${low}, ${middle}, ${high})`;
    });
    return `average ${formatBinary(average)}: ${parts.join('; ')}`;
  });
  return remark(`Chunk lengths on ${last}, mean (5th, 50th, 95th percentile): ${sets.join('. ')}.`);
}

function nameOf(serialiser: Serialiser): string {
  return serialiser.split(':')[0]!;
}
