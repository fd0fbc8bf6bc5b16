import { formatBytes, plural } from '../src/format.ts';
import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  aboutUpdates,
  type Bar,
  caseOf,
  claim,
  type Finding,
  fromTo,
  leastBy,
  mean,
  ofUpdates,
  recorded,
  SERIES,
  seriesText,
  times,
  verdictWord,
} from './verdict.ts';

/** Does a series shrink several times when parts of files are stored once? Claim C05. */

/** "Several times smaller" is held to be at least this. */
const SEVERAL: Bar = { unit: 'ratio', side: 'at least', bar: 2 };
const LAYERS = 'oci-gzip';
const FILES = 'per-file';
const PARTS = [
  'catar',
  'catar|fastcdc:avg=16KiB|zstd:3|objects|get',
  'files|fastcdc:avg=16KiB|zstd:3|objects|get',
];

const TRANSFERS = `C05 an update transfers several (at least ${SEVERAL.bar}) times less`;

export const seriesDedup: Experiment = createExperiment({
  name: 'series-dedup',
  claims: 'C05 sub-file dedup makes a series several times smaller',
  title: 'How much smaller does a series get by sub-file dedup?',
  swept: [],
  packed: [LAYERS, FILES, ...PARTS],
  chart: 'stored-bytes',
  isOfAnyStep: true,
  verdict(records) {
    return [storage(records), aboutUpdates(records, TRANSFERS, transfer)];
  },
});

function storage(records: Records): Finding {
  const { images, number, label } = records;
  const last = images.at(-1)!;
  const stored = (model: string): number => number(last, model, 'stored.bytes');
  const layers = stored(records.model(LAYERS));
  const files = stored(records.model(FILES));
  const best = leastBy(records.models(...PARTS), stored);
  const gain = divide(layers, stored(best));
  const tars = images.reduce((sum, image) => sum + number(image, '*', 'image.layer_bytes'), 0);
  return claim(
    `C05 a series is stored several (at least ${SEVERAL.bar}) times smaller by sub-file dedup`,
    verdictWord([caseOf(SERIES, { layers: LAYERS, parts: best }, gain, SEVERAL)], ''),
    `. ${seriesText(records)}: ${LAYERS} ${formatBytes(layers)}, ${FILES} ${formatBytes(files)}, best with parts of files (${label(best)}) ${formatBytes(stored(best))}: ${times(gain)} smaller than layers, ${times(divide(files, stored(best)))} than whole files, ${times(divide(tars, stored(best)))} than uncompressed layers.`,
    recorded(records, [last], records.models(LAYERS, FILES, ...PARTS), ['stored.bytes']),
  );
}

function transfer(records: Records): Finding {
  const { updates, label } = records;
  const pulled = (model: string): number[] => ofUpdates(records, model, 'transfer.bytes');
  const best = leastBy(records.models(...PARTS), (model) => mean(pulled(model)));
  const [own, base] = [pulled(best), pulled(records.model(LAYERS))];
  const cases = updates.map((image, update) =>
    caseOf(image, { layers: LAYERS, parts: best }, divide(base[update], own[update]), SEVERAL),
  );
  const gains = fromTo(
    cases.map(({ value }) => value),
    times,
  );
  return claim(
    TRANSFERS,
    verdictWord(cases, 'the update'),
    `. ${label(best)} for a client with the previous image, ${plural(updates.length, 'update')}: ${gains} less, ${fromTo(own, formatBytes)} for ${fromTo(base, formatBytes)}.`,
    recorded(
      records,
      updates,
      records.models(LAYERS, FILES, ...PARTS),
      ['transfer.bytes'],
      'previous',
    ),
  );
}
