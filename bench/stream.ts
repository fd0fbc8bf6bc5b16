import { formatBinary, plural } from '../src/format.ts';
import { change, divide, type Maybe } from '../src/stats/mod.ts';
import { streamWins } from './claims/c11-stream.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import { interpolate, type Records } from './records.ts';
import { type Finding, figureOf, fromTo, percent, recorded, remark } from './verdict.ts';

/** Does one stream of all files, cut across their boundaries, beat cutting file by file? Claim C11. */

/** The order of a depth-first walk; `bench run order` asks for others. */
const STREAM = 'stream:order=lexicographic';
/** Cut file by file, as one stream of contents, as one stream with the metadata in it. */
const SERIALISERS = ['files', STREAM, 'catar'] as const;
type Serialiser = (typeof SERIALISERS)[number];
const sweptBy = (serialiser: Serialiser): string =>
  `${serialiser}|fastcdc:avg=4KiB..256KiB|none|objects|get`;
/** What the chunker is asked for. */
const AVERAGES = ['16KiB', '64KiB'];
const packedBy = (serialiser: Serialiser, average: string): string =>
  `${serialiser}|fastcdc:avg=${average}|zstd:3|objects|get`;
const PACKED = AVERAGES.flatMap((average) =>
  SERIALISERS.map((serialiser) => packedBy(serialiser, average)),
);

export const stream: Experiment = createExperiment({
  name: 'stream',
  claims: 'C11 one stream of all files beats cutting file by file',
  title: 'Does one stream of all files beat cutting file by file?',
  decides: [streamWins],
  swept: SERIALISERS.map(sweptBy),
  packed: PACKED,
  chart: 'chunk-size',
  isOfAnyStep: true,
  verdict(records) {
    return [
      storage(records),
      ...(records.updates.length === 0 ? [] : [transfer(records)]),
      atEqualMean(records),
      lengths(records),
    ];
  },
});

/** One stream of contents over files cut one by one, by the same chunker and codec. */
function streamBeside(
  { model, number }: Records,
  image: string,
  average: string,
  measure: string,
  client = '-',
): Maybe {
  const value = (serialiser: Serialiser): number =>
    number(image, model(packedBy(serialiser, average)), measure, client);
  return divide(value(STREAM), value('files'));
}

function storage(records: Records): Finding {
  const { images } = records;
  const last = images.at(-1)!;
  const ratios = AVERAGES.map((average) => streamBeside(records, last, average, 'stored.bytes'));
  return remark(
    `Stored, one stream of contents, ${plural(images.length, 'image')} up to ${last}, averages of ${AVERAGES.join(', ')}: ${range(ratios)}. catar keeps file metadata in its stream, where it counts as content.`,
    recorded(records, [last], records.models(...PACKED), [
      'dedup.objects',
      'dedup.unique_bytes',
      'stored.bytes',
      'stored.metadata_bytes',
    ]),
  );
}

function transfer(records: Records): Finding {
  const { updates } = records;
  const ratios = updates.flatMap((image) =>
    AVERAGES.map((average) => streamBeside(records, image, average, 'transfer.bytes', 'previous')),
  );
  return remark(
    `Transfer, client with the previous image, ${plural(updates.length, 'update')}, averages of ${AVERAGES.join(', ')}: ${range(ratios)}.`,
    recorded(
      records,
      updates,
      records.models(...PACKED),
      ['transfer.bytes', 'transfer.requests'],
      'previous',
    ),
  );
}

/** Files end chunks early: one parameter gives shorter chunks file by file than in a stream. */
function atEqualMean(records: Records): Finding {
  const last = records.images.at(-1)!;
  const points = (serialiser: Serialiser): readonly (readonly [mean: number, unique: number])[] =>
    records
      .models(sweptBy(serialiser))
      .map((model) => [
        records.number(last, model, 'chunks.mean'),
        records.number(last, model, 'dedup.unique_bytes'),
      ]);
  const rows = points('files').flatMap(([mean, unique]) => {
    const own = interpolate(points(STREAM), mean);
    return own === undefined ? [] : [{ mean, ratio: divide(own, unique) }];
  });
  if (rows.length === 0)
    return remark('Unique bytes at equal actual mean: no mean is reached by both.');
  const means = rows.map(({ mean }) => formatBinary(mean));
  const span = [...new Set([means[0], means.at(-1)])].join(' … ');
  return remark(
    `Unique bytes at equal actual mean, one stream without compression, at ${plural(means.length, 'mean')} of files on ${last}, ${span}: ${range(rows.map(({ ratio }) => ratio))}.`,
    rows.map(({ mean, ratio }) =>
      figureOf(last, { of: 'stream ÷ files', mean: formatBinary(mean) }, ratio, 'ratio'),
    ),
  );
}

function lengths(records: Records): Finding {
  const last = records.images.at(-1)!;
  const sets = AVERAGES.map((average) => {
    const parts = SERIALISERS.map((serialiser) => {
      const mean = records.number(
        last,
        records.model(packedBy(serialiser, average)),
        'chunks.mean',
      );
      return `${nameOf(serialiser)} ${formatBinary(mean)}`;
    });
    return `average ${average}: ${parts.join('; ')}`;
  });
  return remark(
    `Chunk lengths on ${last}, mean: ${sets.join('. ')}.`,
    recorded(records, [last], records.models(...PACKED), [
      'chunks.mean',
      'chunks.p5',
      'chunks.p50',
      'chunks.p95',
    ]),
  );
}

/** How many bytes one stream has beside files. */
function range(ratios: readonly Maybe[]): string {
  const more = ratios.map((ratio) => change(ratio, 1));
  return `${fromTo(more, (share) => percent(share, true))} beside files`;
}

function nameOf(serialiser: Serialiser): string {
  return serialiser.split(':')[0]!;
}
