import { formatBinary, plural } from '../src/format.ts';
import { groupBy } from '../src/report/group.ts';
import { familyOf } from '../src/report/models.ts';
import { ORDERS } from '../src/serialisers/order.ts';
import { change, type Maybe } from '../src/stats/mod.ts';
import { orderMatters, streams } from './claims/c12-order.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { type Finding, figureOf, fromTo, leastBy, percent, recorded, remark } from './verdict.ts';

/** Does the order of files in one stream matter, and is breadth-first the best? Claim C12. */

const STREAMS = ORDERS.map(streams);

export const order: Experiment = createExperiment({
  name: 'order',
  claims: 'C12 breadth-first order wins in one stream',
  title: 'Does the order of files in one stream matter?',
  decides: [orderMatters],
  swept: [],
  packed: [],
  chart: 'chunk-size',
  isOfAnyStep: true,
  verdict: (records) => [ofSeries(records), ofUpdates(records)],
});

/** An average chunk and its models, one of each order. */
type Size = readonly [size: string, models: readonly string[]];

function sizesOf(records: Records): readonly Size[] {
  const models = records.models(...STREAMS);
  return [...groupBy(models, (model) => formatBinary(familyOf(model).average!))];
}

/** The order with the most of a measure beside the one with the least. */
function spread(
  records: Records,
  models: readonly string[],
  image: string,
  measure: string,
): Maybe {
  const bytes = (model: string): number => records.number(image, model, measure);
  const most = leastBy(models, (model) => -bytes(model));
  return change(bytes(most), bytes(leastBy(models, bytes)));
}

function ofSeries(records: Records): Finding {
  const last = records.images.at(-1)!;
  const sizes = sizesOf(records);
  const spreads = sizes.map(([, models]) => spread(records, models, last, 'dedup.unique_bytes'));
  return remark(
    `Unique bytes of ${plural(records.images.length, 'image')} by the order with the most beside the one with the least: ${range(spreads)} at ${averages(sizes)}.`,
    recorded(records, [last], records.models(...STREAMS), ['dedup.unique_bytes', 'dedup.objects']),
  );
}

/** Over a series, what never changed hides what an order does to an update. */
function ofUpdates(records: Records): Finding {
  const sizes = sizesOf(records);
  const rows = records.updates.flatMap((image) =>
    sizes.map(([average, models]) => ({
      image,
      average,
      models,
      share: spread(records, models, image, 'dedup.new_bytes'),
    })),
  );
  const told =
    rows.length === 0
      ? 'none is here'
      : `${range(rows.map(({ share }) => share))} at ${averages(sizes)}`;
  return remark(
    `The same of bytes that an update adds, ${plural(records.updates.length, 'update')}: ${told}.`,
    rows.flatMap(({ image, average, models }) =>
      models.map((model) =>
        figureOf(
          image,
          { average, order: policyOf(model) },
          records.number(image, model, 'dedup.new_bytes'),
          'bytes',
        ),
      ),
    ),
  );
}

function range(shares: readonly Maybe[]): string {
  return fromTo(shares, (share) => percent(share, true));
}

function averages(sizes: readonly Size[]): string {
  return sizes.map(([average]) => average).join(', ');
}

function policyOf(model: string): string {
  return /order=([^|,]+)/.exec(model)![1]!;
}
