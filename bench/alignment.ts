import { formatBytes, plural } from '../src/format.ts';
import { ReflinkCount } from '../src/measures/reflinks.ts';
import { change, divide, type Maybe, mean as meanOrNone } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Bar,
  type Case,
  caseOf,
  caseOfMean,
  claim,
  type Finding,
  percent,
  recorded,
  remark,
  verdictWord,
} from './verdict.ts';

/**
 * Must chunks lie on blocks for a file system to share them with files, and what does that cost? Claim C15. Files are cut one by
 * one, so that a cut at a multiple of 4 KiB lies on a block of the file.
 */

const WHOLE = 'whole';
const PLAIN = ['fastcdc:avg=16KiB', 'fastcdc:avg=64KiB', 'rabin:avg=64KiB', 'casync:avg=64KiB'];
const OTHER_ALIGNS = ['fastcdc:avg=64KiB,align=512', 'fastcdc:avg=64KiB,align=64KiB'];
const onBlocks = (chunker: string): string => `${chunker},align=4KiB`;
const FILES = [
  WHOLE,
  'fixed:size=4KiB',
  'fixed:size=64KiB',
  ...PLAIN.flatMap((chunker) => [chunker, onBlocks(chunker)]),
  ...OTHER_ALIGNS,
].map((chunker) => chainOf(chunker));
/** In one stream of all files a cut at a multiple is no block of any file: what rounding costs is seen all the same. */
const STREAMS = PLAIN.flatMap((chunker) => [
  chainOf(chunker, 'catar'),
  chainOf(onBlocks(chunker), 'catar'),
]);

/** Of the bytes of files, most can be shared with a store, or most cannot. */
const FEW: Bar = { unit: 'share', side: 'below', bar: 0.5 };
const NEARLY_ALL: Bar = { unit: 'share', side: 'at least', bar: 0.95 };
/** Bytes that an update adds beyond those without rounding: as everywhere, less is called none. */
const COSTS: Bar = { unit: 'share', side: 'above', bar: 0.02 };

export const alignment: Experiment = createExperiment({
  name: 'alignment',
  title: 'Must cuts lie on blocks for a file system to share them?',
  claims:
    'C15 chunks cannot be shared with files unless cuts lie on blocks; C15 cuts on blocks find less to share',
  swept: [...FILES, ...STREAMS],
  counted: () => new ReflinkCount(),
  packed: [],
  chart: 'alignment',
  verdict: (records) => [ofStore(records), cost(records), betweenFiles(records)],
});

function chainOf(chunker: string, serialiser = 'files'): string {
  return `${serialiser}|${chunker}|none|objects|get`;
}

/** A store beside the files: each chunk is a file, and starts on a block of it. */
function ofStore(records: Records): Finding {
  const image = records.images.at(-1)!;
  const share = (chunker: string): Maybe => {
    const value = (measure: string): number =>
      records.number(image, records.model(chainOf(chunker)), measure);
    return divide(value('dedup.store_reflinkable_bytes'), value('dedup.stream_bytes'));
  };
  const caseOfShare = (chunker: string, bar: Bar): Case =>
    caseOf(image, { of: 'file bytes shared with a store', chunker }, share(chunker), bar);
  const cases = PLAIN.map((chunker) => [
    caseOfShare(chunker, FEW),
    caseOfShare(onBlocks(chunker), NEARLY_ALL),
  ]);
  const texts = PLAIN.map(
    (chunker) => `${chunker} ${percent(share(chunker))} and ${percent(share(onBlocks(chunker)))}`,
  );
  return claim(
    'C15 chunks of a store cannot be shared with files unless cuts lie on blocks',
    verdictWord(cases, 'the chunker'),
    `. Of file bytes of ${image}, without and with cuts on blocks (bars: below half, at least 95 %): ${texts.join('; ')}.`,
    recorded(records, [image], records.models(...FILES), ['dedup.store_reflinkable_bytes']),
  );
}

/** What rounding costs: bytes that an update adds. */
function cost(records: Records): Finding {
  const added = (chunker: string, serialiser: string): readonly (number | undefined)[] =>
    records.updates.map((image) =>
      records.find(image, records.model(chainOf(chunker, serialiser)), 'dedup.new_bytes'),
    );
  const pairs = ['files', 'catar'].flatMap((serialiser) =>
    PLAIN.map((chunker) => {
      const plain = added(chunker, serialiser);
      const changes = added(onBlocks(chunker), serialiser).map((bytes, at) =>
        change(bytes, plain[at]),
      );
      return { serialiser, chunker, changes };
    }),
  );
  const cases = pairs.map(({ serialiser, chunker, changes }) =>
    caseOfMean(
      { of: 'bytes added beyond those without rounding (mean)', serialiser, chunker },
      meanOrNone(changes),
      COSTS,
      changes.map((one) => (one === undefined ? undefined : one - COSTS.bar)),
    ),
  );
  const texts = pairs.map(
    ({ serialiser, chunker, changes }) =>
      `${serialiser} ${chunker} ${percent(meanOrNone(changes), true)}`,
  );
  return claim(
    'C15 cuts on blocks find less to share',
    verdictWord(cases, 'serialiser and chunker'),
    `. Bar: an update adds more than 2 % more bytes, mean of ${plural(records.updates.length, 'update')}. ${texts.join('; ')}.`,
    recorded(
      records,
      records.updates,
      records.models(
        ...pairs.flatMap(({ serialiser, chunker }) => [
          chainOf(chunker, serialiser),
          chainOf(onBlocks(chunker), serialiser),
        ]),
      ),
      ['dedup.new_bytes'],
    ),
  );
}

/** Without a store, blocks are shared with a file that has them already, wherever the cuts are. */
function betweenFiles(records: Records): Finding {
  const image = records.updates.at(-1)!;
  const find = (chunker: string, measure: string): Maybe =>
    records.find(image, records.model(chainOf(chunker)), measure);
  const told = [WHOLE, 'fixed:size=64KiB', 'fastcdc:avg=64KiB', onBlocks('fastcdc:avg=64KiB')];
  const texts = told.map((chunker) => {
    const duplicate = find(chunker, 'dedup.duplicate_bytes');
    const share = divide(find(chunker, 'dedup.reflinkable_bytes'), duplicate);
    return `${chunker} ${percent(share)} of ${formatBytes(duplicate)}`;
  });
  return remark(
    `Between files, of bytes of ${image} that were there before, a file system can share: ${texts.join('; ')}.`,
    recorded(records, [image], records.models(...FILES), [
      'dedup.duplicate_bytes',
      'dedup.reflinkable_bytes',
    ]),
  );
}
