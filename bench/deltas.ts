import { aliasOf } from '../src/models/mod.ts';
import { defined, divide, type Maybe, median } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  atMost,
  claim,
  type Finding,
  fixed,
  leastBy,
  megabytes as megabytesOf,
  percent,
  remark,
  undecided,
  verdictWord,
} from './verdict.ts';

/**
 * Do pairwise binary deltas beat chunk stores? Claim C31: they transfer far less for successive updates. What they cost a
 * registry: a delta for each pair of images, n·w of them where w predecessors are kept.
 */

const WHOLE = 'tar-zstd';
const STORES = ['per-file', 'catar', 'catar-blob'];
const DELTAS = [
  'zstd-patch:level=3,predecessors={1,4}',
  'zstd-patch:level=19',
  'xdelta3:level=9,secondary=lzma',
  'bsdiff',
  'tar-diff:level=19',
];
/** Transfer of the best delta over that of the best chunk store at or below which it is called far less. */
const FAR_LESS = 0.5;

export const deltas: Experiment = createExperiment({
  name: 'deltas',
  claims: 'C31',
  title: 'Do pairwise binary deltas beat chunk stores?',
  swept: [],
  packed: [WHOLE, ...STORES, ...DELTAS],
  verdict(records) {
    const [whole, ...others] = records.models;
    const stores = others.filter((model) => model.includes('|'));
    const made = others.filter((model) => !model.includes('|') && !records.skipped(model));
    const lines = others.flatMap((model): readonly Finding[] => {
      const why = records.skipped(model);
      return why === undefined ? [] : [remark(`\`${model}\` was skipped: ${why}`)];
    });
    if (made.length === 0) return [undecided('C31', 'no delta could be made'), ...lines];
    return [
      transfer(records, whole!, stores, made),
      share(records, whole!, made),
      ...storage(records, whole!, stores, made),
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

function transfer(
  records: Records,
  whole: string,
  stores: readonly string[],
  made: readonly string[],
): Finding {
  const rows = records.updates.map((image) => {
    const delta = least(made, (model) => pulled(records, image, model));
    const store = least(stores, (model) => pulled(records, image, model));
    return { image, delta, store, ratio: divide(delta.bytes, store.bytes) };
  });
  const word = verdictWord(
    rows.map(({ ratio }) => atMost(ratio, FAR_LESS)),
    'the update',
  );
  const parts = rows.map(
    ({ image, delta, store, ratio }) =>
      `→ ${image} ${megabytes(delta.bytes)} (${nameOf(delta.model)}) against ${megabytes(store.bytes)} (${nameOf(store.model)}), ${percent(ratio)}; layer ${megabytes(pulled(records, image, whole))}`,
  );
  return claim(
    `C31 deltas transfer far less than any chunk store (at most ${percent(FAR_LESS)} of it, client with the previous image)`,
    word,
    `. ${parts.join('; ')}.`,
  );
}

/** The figure that the claim comes with: a monthly update of a base image as a share of all of it. */
function share(records: Records, whole: string, made: readonly string[]): Finding {
  const shares = made.map((model) => {
    const each = records.updates.map(
      (image): Maybe =>
        divide(
          records.number(image, model, 'delta.bytes'),
          records.number(image, whole, 'transfer.content_bytes', 'none'),
        ),
    );
    return `${nameOf(model)} ${percent(median(defined(each)))} (${each.map((one) => percent(one)).join(', ')})`;
  });
  return remark(
    `Median delta as a share of the compressed layer, and each update's: ${[...new Set(shares)].join('; ')}. Published for a monthly base image: 2.22 %.`,
  );
}

function storage(
  records: Records,
  whole: string,
  stores: readonly string[],
  made: readonly string[],
): readonly Finding[] {
  const { images, number } = records;
  const last = images.at(-1)!;
  const stored = (model: string): number => number(last, model, 'stored.bytes');
  const rows = made.map((model) => {
    const own = number(last, model, 'stored.delta_bytes');
    const pairs = pairsOf(images.length, predecessorsOf(model));
    return `${nameOf(model)} ${pairs} deltas, ${megabytes(own)} (${percent(divide(own, stored(whole)), true)})`;
  });
  const store = least(stores, stored);
  return [
    remark(
      `Server storage beside the layers of ${images.length} images, ${megabytes(stored(whole))}: ${rows.join('; ')}. The smallest chunk store, ${nameOf(store.model)}, keeps the series in ${megabytes(store.bytes)} and serves every pair.`,
    ),
  ];
}

function time({ updates, number, busy }: Records, made: readonly string[]): Finding {
  const rows = made.map((model) => {
    const middle = (measure: string): string => {
      const ms = median(updates.map((image) => number(image, model, measure)));
      return fixed(divide(ms, 1000), 1);
    };
    return `${nameOf(model)} ${middle('delta.generate_ms')} s and ${middle('delta.apply_ms')} s`;
  });
  const caution = busy === undefined ? '' : ` Not to be compared: ${busy}.`;
  return remark(
    `Processor time of making and of applying one delta, median of the updates, each made once: ${rows.join('; ')}.${caution}`,
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

function megabytes(bytes: number): string {
  return megabytesOf(bytes, 2);
}
