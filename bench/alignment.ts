import { formatBytes } from '../src/format.ts';
import { ReflinkCount } from '../src/measures/reflinks.ts';
import { divide, type Maybe } from '../src/stats/mod.ts';
import {
  chainOf,
  cutsAnywhereLose,
  cutsOnBlocksCost,
  cutsOnBlocksShare,
  onBlocks,
  PLAIN,
} from './claims/c15-alignment.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { type Finding, percent, recorded, remark } from './verdict.ts';

/**
 * Must chunks lie on blocks for a file system to share them with files, and what does that cost? Claim C15. Files are cut one by
 * one, so that a cut at a multiple of 4 KiB lies on a block of the file.
 */

const WHOLE = 'whole';
const OTHER_ALIGNS = ['fastcdc:avg=64KiB,align=512', 'fastcdc:avg=64KiB,align=64KiB'];
const FILES = [
  WHOLE,
  'fixed:size=4KiB',
  'fixed:size=64KiB',
  ...PLAIN.flatMap((chunker) => [chunker, onBlocks(chunker)]),
  ...OTHER_ALIGNS,
].map((chunker) => chainOf(chunker));
const STREAMS = PLAIN.flatMap((chunker) => [
  chainOf(chunker, 'catar'),
  chainOf(onBlocks(chunker), 'catar'),
]);

export const alignment: Experiment = createExperiment({
  name: 'alignment',
  title: 'Must cuts lie on blocks for a file system to share them?',
  claims:
    'C15 chunks cannot be shared with files unless cuts lie on blocks; C15 cuts on blocks find less to share',
  swept: [...FILES, ...STREAMS],
  counted: () => new ReflinkCount(),
  packed: [],
  chart: 'alignment',
  decides: [cutsAnywhereLose, cutsOnBlocksShare, cutsOnBlocksCost],
  verdict: (records) => [betweenFiles(records)],
});

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
