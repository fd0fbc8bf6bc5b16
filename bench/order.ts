import { formatBinary, formatNumber } from '../src/format.ts';
import { groupBy } from '../src/report/group.ts';
import { familyOf } from '../src/report/models.ts';
import { ORDERS } from '../src/serialisers/order.ts';
import { change, divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  above,
  areEqual,
  claim,
  type Finding,
  leastBy,
  type Met,
  megabytes,
  percent,
  verdictWord,
} from './verdict.ts';

/** Does the order of files in one stream matter, and is breadth-first the best? Claim C12. */

const CLAIMED = 'breadth-first';
/** Smaller differences do not matter. */
const SAME = 0.02;
const SERIES = 'dedup.unique_bytes';

export const order: Experiment = createExperiment({
  name: 'order',
  claims: 'C12',
  title: 'Does the order of files in one stream matter?',
  swept: ORDERS.map(
    (policy) => `stream:order=${policy}|fastcdc:avg={4KiB,16KiB,64KiB,256KiB}|none|objects|get`,
  ),
  packed: [],
  verdict(records) {
    return [claimedIsBest(records), mattersToSeries(records), mattersToUpdates(records)];
  },
});

/** An average chunk and its models, one of each order. */
type Size = readonly [size: string, models: readonly string[]];

function sizesOf({ models }: Records): readonly Size[] {
  return [...groupBy(models, (model) => formatBinary(familyOf(model).average!))];
}

function claimedIsBest(records: Records): Finding {
  const last = records.images.at(-1)!;
  const rows = sizesOf(records).map(([size, models]) => {
    const unique = (model: string): number => records.number(last, model, SERIES);
    // Of orders with equal bytes none is the best.
    const isOpen = areEqual(models, unique);
    const isMet: Met = isOpen ? undefined : policyOf(leastBy(models, unique)) === CLAIMED;
    const parts = models.map((model) => {
      const bytes = megabytes(unique(model));
      return `${policyOf(model)} ${bytes} in ${formatNumber(records.number(last, model, 'dedup.objects'))} chunks`;
    });
    return { isMet, text: `${size} ${parts.join(', ')}` };
  });
  const word = verdictWord(
    rows.map(({ isMet }) => isMet),
    'the chunk size',
  );
  return claim(
    `C12 ${CLAIMED} leaves the fewest unique bytes of ${ORDERS.length} orders`,
    word,
    `. ${records.images.length} images up to ${last}, by average chunk: ${rows.map(({ text }) => text).join('; ')}.`,
  );
}

function mattersToSeries(records: Records): Finding {
  const rows = sizesOf(records).map((size) =>
    spread(records, size, records.images.at(-1)!, SERIES),
  );
  const word = verdictWord(
    rows.map(({ matters }) => matters),
    'the chunk size',
  );
  return claim(
    `C12 the order matters to a series (unique bytes differ by more than ${percent(SAME)})`,
    word,
    `. The least … the most, by average chunk: ${rows.map(({ text }) => text).join('; ')}.`,
  );
}

/** Over a series, what never changed hides what an order does to an update. */
function mattersToUpdates(records: Records): Finding {
  const updates = records.updates.map((image) => {
    const rows = sizesOf(records).map((size) => spread(records, size, image, 'dedup.new_bytes'));
    return { image, rows };
  });
  const word = verdictWord(
    updates.flatMap(({ rows }) => rows.map(({ matters }) => matters)),
    'the update and the chunk size',
  );
  const texts = updates.map(
    ({ image, rows }) => `→ ${image} ${rows.map(({ text }) => text).join(', ')}`,
  );
  return claim(
    `C12 the order matters to an update (bytes that no image before has differ by more than ${percent(SAME)})`,
    word,
    `. The least … the most, by average chunk: ${texts.join('; ')}.`,
  );
}

/** The orders with the least and the most of a measure. */
function spread(
  { number }: Records,
  [size, models]: Size,
  image: string,
  measure: string,
): { readonly matters: Met; readonly text: string } {
  const bytes = (model: string): number => number(image, model, measure);
  const [least, most] = [leastBy(models, bytes), leastBy(models, (model) => -bytes(model))];
  const [low, high] = [bytes(least), bytes(most)];
  const more = change(high, low);
  const text =
    low === high
      ? `all orders ${megabytes(low)}`
      : `${policyOf(least)} ${megabytes(low)} … ${policyOf(most)} ${megabytes(high)} (${percent(more, true)})`;
  return { matters: above(divide(high, low), 1 + SAME), text: `${size} ${text}` };
}

function policyOf(model: string): string {
  return /order=([^|,]+)/.exec(model)![1]!;
}
