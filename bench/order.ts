import { formatBinary, plural } from '../src/format.ts';
import { groupBy } from '../src/report/group.ts';
import { familyOf } from '../src/report/models.ts';
import { ORDERS } from '../src/serialisers/order.ts';
import { change } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  aboutUpdates,
  areEqual,
  type Bar,
  type Case,
  caseOf,
  claim,
  type Figure,
  type Finding,
  figureOf,
  fromTo,
  leastBy,
  percent,
  recorded,
  SERIES,
  verdictWord,
} from './verdict.ts';

/** Does the order of files in one stream matter, and is breadth-first the best? Claim C12. */

const CLAIMED = 'breadth-first';
/** Smaller differences do not matter. */
const SAME = 0.02;
const MATTERS: Bar = { unit: 'share', side: 'above', bar: SAME };
/** Beside the best of the other orders. */
const BEST: Bar = { unit: 'share', side: 'below', bar: 0 };
const STREAMS = ORDERS.map(
  (policy) => `stream:order=${policy}|fastcdc:avg={4KiB,16KiB,64KiB,256KiB}|none|objects|get`,
);

const UPDATES = `C12 the order matters to an update (bytes that no image before has differ by more than ${percent(SAME)})`;

export const order: Experiment = createExperiment({
  name: 'order',
  claims: 'C12 the order of files in one stream matters',
  title: 'Does the order of files in one stream matter?',
  swept: STREAMS,
  packed: [],
  chart: 'chunk-size',
  isOfAnyStep: true,
  verdict(records) {
    return [
      claimedIsBest(records),
      mattersToSeries(records),
      aboutUpdates(records, UPDATES, mattersToUpdates),
    ];
  },
});

/** An average chunk and its models, one of each order. */
type Size = readonly [size: string, models: readonly string[]];

function sizesOf(records: Records): readonly Size[] {
  const models = records.models(...STREAMS);
  return [...groupBy(models, (model) => formatBinary(familyOf(model).average!))];
}

function claimedIsBest(records: Records): Finding {
  const last = records.images.at(-1)!;
  const cases = sizesOf(records).map(([average, models]) => {
    const unique = (model: string): number => records.number(last, model, 'dedup.unique_bytes');
    const own = models.find((model) => policyOf(model) === CLAIMED)!;
    const best = leastBy(
      models.filter((model) => model !== own),
      unique,
    );
    // Of orders with equal bytes none is the best.
    const more = areEqual(models, unique) ? undefined : change(unique(own), unique(best));
    return caseOf(SERIES, { average, 'best of the others': policyOf(best) }, more, BEST);
  });
  return claim(
    `C12 ${CLAIMED} leaves the fewest unique bytes of ${ORDERS.length} orders`,
    verdictWord(cases, 'the chunk size'),
    `. ${plural(records.images.length, 'image')}, chunks of ${averages(cases)}: ${range(cases)} beside the best of the others.`,
    recorded(records, [last], records.models(...STREAMS), ['dedup.unique_bytes', 'dedup.objects']),
  );
}

function mattersToSeries(records: Records): Finding {
  const last = records.images.at(-1)!;
  const rows = sizesOf(records).map((size) => spread(records, size, last, 'dedup.unique_bytes'));
  const cases = rows.map((one) => ({ ...one.case, step: SERIES }));
  return claim(
    `C12 the order matters to a series (unique bytes differ by more than ${percent(SAME)})`,
    verdictWord(cases, 'the chunk size'),
    `. The most beside the least, ${plural(records.images.length, 'image')}, chunks of ${averages(cases)}: ${range(cases)}.`,
  );
}

/** Over a series, what never changed hides what an order does to an update. */
function mattersToUpdates(records: Records): Finding {
  const rows = records.updates.flatMap((image) =>
    sizesOf(records).map((size) => spread(records, size, image, 'dedup.new_bytes')),
  );
  const cases = rows.map((one) => one.case);
  return claim(
    UPDATES,
    verdictWord(cases, 'the update and the chunk size'),
    `. The most beside the least, ${plural(records.updates.length, 'update')}, chunks of ${averages(cases)}: ${range(cases)}.`,
    rows.flatMap(({ figures }) => figures),
  );
}

/** The orders with the least and the most of a measure. */
function spread(
  { number }: Records,
  [average, models]: Size,
  image: string,
  measure: string,
): { readonly case: Case; readonly figures: readonly Figure[] } {
  const bytes = (model: string): number => number(image, model, measure);
  const [least, most] = [leastBy(models, bytes), leastBy(models, (model) => -bytes(model))];
  const at = { average, least: policyOf(least), most: policyOf(most) };
  return {
    case: caseOf(image, at, change(bytes(most), bytes(least)), MATTERS),
    figures: [least, most].map((model) =>
      figureOf(image, { average, order: policyOf(model) }, bytes(model), 'bytes'),
    ),
  };
}

function range(cases: readonly Case[]): string {
  return fromTo(
    cases.map(({ value }) => value),
    (share) => percent(share, true),
  );
}

function averages(cases: readonly Case[]): string {
  return [...new Set(cases.map(({ parameters }) => parameters['average']))].join(', ');
}

function policyOf(model: string): string {
  return /order=([^|,]+)/.exec(model)![1]!;
}
