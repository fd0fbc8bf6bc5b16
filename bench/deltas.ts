import { formatBytes, plural } from '../src/format.ts';
import { aliasOf } from '../src/models/mod.ts';
import { defined, divide, type Maybe, median } from '../src/stats/mod.ts';
import { deltasWin, STORES } from './claims/c31-deltas.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Finding,
  figureOf,
  fixed,
  fromTo,
  leastBy,
  percent,
  recorded,
  remark,
} from './verdict.ts';

/**
 * Do pairwise binary deltas beat chunk stores? Claim C31: they transfer far less for successive updates. What they cost a
 * registry: a delta for each pair of images, n·w of them where w predecessors are kept.
 */

const WHOLE = 'tar-zstd';
const DELTAS = [
  'zstd-patch:level=3,predecessors={1,4}',
  'zstd-patch:level=19',
  'xdelta3:level=9,secondary=lzma',
  'bsdiff',
  'tar-diff:level=19',
];

export const deltas: Experiment = createExperiment({
  name: 'deltas',
  claims: 'C31 pairwise binary deltas transfer far less than chunk stores',
  title: 'Do pairwise binary deltas beat chunk stores?',
  decides: [deltasWin],
  swept: [],
  packed: [WHOLE, ...DELTAS],
  chart: 'sent-and-stored',
  verdict(records) {
    const asked = records.models(...STORES, ...DELTAS);
    const made = records.models(...DELTAS).filter((model) => !records.skipped(model));
    const lines = asked.flatMap((model): readonly Finding[] => {
      const why = records.skipped(model);
      return why === undefined ? [] : [remark(`${model} was skipped: ${why}`)];
    });
    if (made.length === 0) return lines;
    return [
      transfer(records, made),
      share(records, made),
      ...storage(records, made),
      time(records, made),
      ...lines,
    ];
  },
});

function pulled({ number }: Records, image: string, model: string): number {
  return number(image, model, 'transfer.bytes', 'previous');
}

function least(
  models: readonly string[],
  bytes: (model: string) => number,
): { readonly model: string; readonly bytes: number } {
  return leastBy(
    models.map((model) => ({ model, bytes: bytes(model) })),
    (one) => one.bytes,
  );
}

function transfer(records: Records, made: readonly string[]): Finding {
  const [whole, stores] = [records.model(WHOLE), records.models(...STORES)];
  const rows = records.updates.map((image) => {
    const delta = least(made, (model) => pulled(records, image, model));
    const store = least(stores, (model) => pulled(records, image, model));
    const layer = pulled(records, image, whole);
    return { delta, store, layer, ratio: divide(delta.bytes, store.bytes) };
  });
  const [deltaBytes, storeBytes, layerBytes] = [
    rows.map(({ delta }) => delta.bytes),
    rows.map(({ store }) => store.bytes),
    rows.map(({ layer }) => layer),
  ].map((bytes) => fromTo(bytes, formatBytes)) as [string, string, string];
  const ratios = fromTo(
    rows.map(({ ratio }) => ratio),
    percent,
  );
  return remark(
    `Best delta ÷ best store: ${ratios} in ${plural(rows.length, 'update')}, ${deltaBytes} against ${storeBytes}; layer ${layerBytes}.`,
    recorded(records, records.updates, [whole, ...stores, ...made], ['transfer.bytes'], 'previous'),
  );
}

/** The figure that the claim comes with: a monthly update of a base image as a share of all of it. */
function share(records: Records, made: readonly string[]): Finding {
  const whole = records.model(WHOLE);
  const rows = made.map((model) => ({
    model,
    shares: records.updates.map((image): readonly [string, Maybe] => [
      image,
      divide(
        records.number(image, model, 'delta.bytes'),
        records.number(image, whole, 'transfer.content_bytes', 'none'),
      ),
    ]),
  }));
  const medians = rows.map(
    ({ model, shares }) =>
      `${nameOf(model)} ${percent(median(defined(shares.map(([, one]) => one))))}`,
  );
  return remark(
    `Delta as a share of the compressed layer, median of ${plural(records.updates.length, 'update')}: ${[...new Set(medians)].join('; ')}. Published for a monthly base image: 2.22 %.`,
    rows.flatMap(({ model, shares }) =>
      shares.map(([image, one]) => figureOf(image, { of: 'delta ÷ layer', model }, one, 'share')),
    ),
  );
}

function storage(records: Records, made: readonly string[]): readonly Finding[] {
  const { images, number } = records;
  const last = images.at(-1)!;
  const stored = (model: string): number => number(last, model, 'stored.bytes');
  const whole = stored(records.model(WHOLE));
  const rows = made.map((model) => {
    const own = number(last, model, 'stored.delta_bytes');
    const pairs = pairsOf(images.length, predecessorsOf(model));
    return `${nameOf(model)} ${plural(pairs, 'delta')}, ${formatBytes(own)} (${percent(divide(own, whole), true)})`;
  });
  const store = least(records.models(...STORES), stored);
  return [
    remark(
      `Server storage beside the layers of ${plural(images.length, 'image')}, ${formatBytes(whole)}: ${rows.join('; ')}.`,
    ),
    remark(
      `The smallest chunk store, ${nameOf(store.model)}, keeps the series in ${formatBytes(store.bytes)} and serves every pair.`,
    ),
  ];
}

function time(records: Records, made: readonly string[]): Finding {
  const { updates, number, busy } = records;
  const rows = made.map((model) => {
    const middle = (measure: string): string => {
      const ms = median(updates.map((image) => number(image, model, measure)));
      return fixed(divide(ms, 1000), 1);
    };
    return `${nameOf(model)} ${middle('delta.generate_ms')} s and ${middle('delta.apply_ms')} s`;
  });
  const caution = busy === undefined ? '' : ` Not to be compared: ${busy}.`;
  return remark(
    `Processor time to make and to apply one delta, median of ${plural(updates.length, 'update')}, each made once: ${rows.join('; ')}.${caution}`,
    recorded(records, updates, made, ['delta.generate_ms', 'delta.apply_ms']),
  );
}

/** Deltas that n images have where each has one from up to w before it. */
function pairsOf(images: number, predecessors: number): number {
  return Array.from({ length: images }, (_, index) => Math.min(index, predecessors)).reduce(
    (sum, one) => sum + one,
    0,
  );
}

function predecessorsOf(model: string): number {
  return Number(/predecessors=(\d+)/.exec(model)?.[1]);
}

function nameOf(model: string): string {
  return aliasOf(model) ?? model;
}
