import { formatBytes, plural } from '../src/format.ts';
import { divide } from '../src/stats/mod.ts';
import { LAYERS, PARTS, seriesShrinks } from './claims/c05-series.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Finding,
  fromTo,
  leastBy,
  mean,
  noUpdate,
  ofUpdates,
  recorded,
  remark,
  seriesText,
  times,
} from './verdict.ts';

/** Does a series shrink several times when parts of files are stored once? Claim C05. */

const FILES = 'per-file';

export const seriesDedup: Experiment = createExperiment({
  name: 'series-dedup',
  claims: 'C05 sub-file dedup makes a series of updates several times smaller',
  title: 'How much smaller does a series get by sub-file dedup?',
  decides: [seriesShrinks],
  swept: [],
  packed: [FILES],
  chart: 'stored-bytes',
  isOfAnyStep: true,
  verdict: (records) => [storage(records), transfer(records)],
});

/** Of all images, releases among them. */
function storage(records: Records): Finding {
  const { images, number, label } = records;
  const last = images.at(-1)!;
  const stored = (model: string): number => number(last, model, 'stored.bytes');
  const layers = stored(records.model(LAYERS));
  const files = stored(records.model(FILES));
  const best = leastBy(records.models(...PARTS), stored);
  const tars = images.reduce((sum, image) => sum + number(image, '*', 'image.layer_bytes'), 0);
  return remark(
    `${seriesText(records)}: ${LAYERS} ${formatBytes(layers)}, ${FILES} ${formatBytes(files)}, best with parts of files (${label(best)}) ${formatBytes(stored(best))}: ${times(divide(layers, stored(best)))} smaller than layers, ${times(divide(files, stored(best)))} than whole files, ${times(divide(tars, stored(best)))} than uncompressed layers.`,
    recorded(records, [last], records.models(LAYERS, FILES, ...PARTS), ['stored.bytes']),
  );
}

function transfer(records: Records): Finding {
  const { updates, label } = records;
  if (updates.length === 0) return remark(`Transfer of updates: ${noUpdate(records)}.`);
  const pulled = (model: string): number[] => ofUpdates(records, model, 'transfer.bytes');
  const best = leastBy(records.models(...PARTS), (model) => mean(pulled(model)));
  const [own, base] = [pulled(best), pulled(records.model(LAYERS))];
  const gains = fromTo(
    updates.map((_, update) => divide(base[update], own[update])),
    times,
  );
  return remark(
    `${label(best)} for a client with the previous image, ${plural(updates.length, 'update')}: ${gains} less than layers, ${fromTo(own, formatBytes)} for ${fromTo(base, formatBytes)}.`,
    recorded(
      records,
      updates,
      records.models(LAYERS, FILES, ...PARTS),
      ['transfer.bytes'],
      'previous',
    ),
  );
}
