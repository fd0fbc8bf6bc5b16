import { formatBytes, plural } from '../src/format.ts';
import { isMet } from '../src/results/verdict.ts';
import { defined, divide, type Maybe, remainder } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  aboutUpdates,
  type Bar,
  type Case,
  caseOf,
  ends,
  type Figure,
  type Finding,
  figureOf,
  fixed,
  fromTo,
  claim as judge,
  leastBy,
  mean,
  ofUpdates,
  percent,
  recorded,
  remark,
  undecided,
  verdictWord,
} from './verdict.ts';

/**
 * What does sharing whole layers spare? Claims C01 (nearly nothing when a base is updated, more when images are built FROM
 * one base) and C33 (layers split by package give most of what a new format gives).
 */

/** "Nearly nothing" is held to be at most this share of a cold pull. */
const LITTLE = 0.1;
const SPARES_LITTLE: Bar = { unit: 'share', side: 'at most', bar: LITTLE };
const SPARES_MORE: Bar = { unit: 'share', side: 'above', bar: LITTLE };
/** "Most of the saving" is held to be at least this share of it. */
const MOST: Bar = { unit: 'share', side: 'at least', bar: 0.8 };
/** The image's own layers as delivered, and by the codec that everything else here has. */
const DELIVERED = 'oci-gzip';
const RECOMPRESSED = 'oci-zstd';
const STORES = ['per-file', 'catar'];
const SPLIT = ['packages:layers={16,64,128}|whole|zstd:3|layers|get'];
/** project-machine/puzzlefs#13: six tags of a private image, MB of their layers and of the distinct ones. */
const PUBLISHED = 1 - 2813 / 3112;

export const layers: Experiment = createExperiment({
  name: 'layers',
  claims:
    'C01 sharing whole layers spares a client little when the base is updated; C33 layers split by package give most of what chunks would',
  title: 'What does sharing whole layers spare?',
  swept: [],
  packed: [DELIVERED, RECOMPRESSED, ...STORES, ...SPLIT],
  chart: 'transfer-per-update',
  isOfAnyStep: true,
  verdict(records) {
    return [
      aboutUpdates(records, ON_NEW_BASE, onNewBase),
      onSameBase(records),
      storage(records),
      aboutUpdates(records, BY_PACKAGE, splitByPackage),
      ...(records.updates.length > 0 ? [reuse(records)] : []),
    ];
  },
});

const ON_NEW_BASE = `C01 whole layers spare nearly nothing (at most ${percent(LITTLE)} of a cold pull) when the base is updated`;
const BY_PACKAGE = `C33 layers split by package give most (at least ${percent(MOST.bar)}) of what the better store spares of an update`;

interface Step {
  readonly image: string;
  /** Distinct layers of the image, and those of them that the image before has. */
  readonly layers: number;
  readonly kept: number;
  /** Bytes pulled by a client with nothing, and with the image before. */
  readonly cold: number;
  readonly pulled: number;
  /** Share of the cold pull that the previous image spares. */
  readonly spared: Maybe;
}

/** @param model one whose objects are layers, where layers are counted */
function stepsTo(images: readonly string[], { number }: Records, model: string): readonly Step[] {
  return images.map((image) => {
    const [none, previous] = ['none', 'previous'].map((client) => ({
      bytes: number(image, model, 'transfer.bytes', client),
      metadata: number(image, model, 'transfer.metadata_bytes', client),
      requests: number(image, model, 'transfer.requests', client),
    })) as [Pull, Pull];
    // Manifest and configuration; a client that has the same configuration asks for the manifest alone.
    const besides = previous.metadata === none.metadata ? 2 : 1;
    const all = none.requests - 2;
    return {
      image,
      layers: all,
      kept: all - (previous.requests - besides),
      cold: none.bytes,
      pulled: previous.bytes,
      spared: remainder(previous.bytes, none.bytes),
    };
  });
}

interface Pull {
  readonly bytes: number;
  readonly metadata: number;
  readonly requests: number;
}

/** Builders make the layers above a new base anew: such an image has no layer of the one before. */
function onNewBase(records: Records): Finding {
  const all = stepsTo(records.updates, records, records.model(DELIVERED));
  const replaced = all.filter(({ kept }) => kept === 0);
  if (replaced.length === 0) {
    return undecided(ON_NEW_BASE, 'every image here keeps layers of the one before');
  }
  const stores = records.models(...STORES).map((model) => ({
    model,
    own: stepsTo(records.updates, records, model).filter(({ image }) =>
      replaced.some((one) => one.image === image),
    ),
  }));
  const others = stores.map(({ model, own }) => `${records.label(model)} ${sparedBy(own)}`);
  return judge(
    ON_NEW_BASE,
    verdictWord(sparedCases(replaced, SPARES_LITTLE), 'the update'),
    `. Updates that keep no layer: ${replaced.length} of ${all.length}. ${DELIVERED} spares ${sparedBy(replaced)}; ${others.join(', ')} of their own.`,
    [
      ...layerFigures(replaced),
      ...stores.flatMap(({ model, own }) =>
        own.map(({ image, spared }) => figureOf(image, { of: 'spared', model }, spared, 'share')),
      ),
    ],
  );
}

/** Images that are built FROM one base are no updates of one another: steps of every kind count, each by itself. */
function onSameBase(records: Records): Finding {
  const every = records.steps.map(({ image }) => image);
  const all = stepsTo(every, records, records.model(DELIVERED));
  const sharing = all.filter(({ kept }) => kept > 0);
  const claim = `C01 whole layers spare more than ${percent(LITTLE)} where images are built FROM one base, and so share layers`;
  if (sharing.length === 0) {
    return undecided(claim, 'no image here keeps a layer of the one before');
  }
  const [kept, layerCounts] = (['kept', 'layers'] as const).map((field) =>
    fromTo(
      sharing.map((update) => update[field]),
      String,
    ),
  );
  return judge(
    claim,
    verdictWord(sparedCases(sharing, SPARES_MORE), 'what lies above the base'),
    `. ${DELIVERED} spares ${sparedBy(sharing)} in ${sharing.length} of ${plural(all.length, 'step')}, which keep ${kept} of ${layerCounts} layers.`,
    layerFigures(sharing),
  );
}

function sparedBy(updates: readonly Step[]): string {
  return fromTo(
    updates.map(({ spared }) => spared),
    percent,
  );
}

function sparedCases(updates: readonly Step[], bar: Bar): readonly Case[] {
  return updates.map(({ image, spared }) => caseOf(image, { of: 'spared' }, spared, bar));
}

function layerFigures(updates: readonly Step[]): readonly Figure[] {
  return updates.flatMap(({ image, layers: all, kept, cold, pulled }) => [
    figureOf(image, { of: 'layers kept' }, kept, 'count'),
    figureOf(image, { of: 'layers' }, all, 'count'),
    figureOf(image, { of: 'pulled' }, pulled, 'bytes'),
    figureOf(image, { of: 'cold pull' }, cold, 'bytes'),
  ]);
}

function storage(records: Records): Finding {
  const { images, number } = records;
  const all = images.reduce((sum, image) => sum + number(image, '*', 'image.delivered_bytes'), 0);
  const kept = number(images.at(-1)!, records.model(DELIVERED), 'stored.content_bytes');
  return remark(
    `Layers of ${plural(images.length, 'image')}, each kept once: ${formatBytes(kept)} of ${formatBytes(all)}, ${percent(remainder(kept, all))} spared. Published for six tags of another image (puzzlefs#13): ${percent(PUBLISHED)}.`,
  );
}

/** Savings of an update beside the image's own layers: of the splits, against that of the better store. */
function splitByPackage(records: Records): Finding {
  const { updates, label } = records;
  const [own, splits] = [records.model(RECOMPRESSED), records.models(...SPLIT)];
  const rows = updates.map((image) => {
    const pulled = (model: string): number =>
      records.number(image, model, 'transfer.bytes', 'previous');
    const best = leastBy(records.models(...STORES), pulled);
    const saving = pulled(own) - pulled(best);
    const cases = splits.map((split) => {
      const share = divide(pulled(own) - pulled(split), saving);
      return caseOf(image, { 'layers at most': layersOf(split), store: best }, share, MOST);
    });
    // Where a store spares nothing, there is no saving to have a share of.
    return { cases, isWorth: saving > LITTLE * pulled(own) };
  });
  const decided = rows.filter(({ isWorth }) => isWorth).map(({ cases }) => cases);
  const bytes = recorded(
    records,
    updates,
    [own, ...records.models(...STORES), ...splits],
    ['transfer.bytes'],
    'previous',
  );
  if (decided.length === 0) {
    const why = `no store spares more than ${percent(LITTLE)} of an update here`;
    return undecided(BY_PACKAGE, why, '.', bytes);
  }
  const bySplit = splits.map((split, index) => ({
    split,
    cases: decided.map((cases) => cases[index]!),
  }));
  const isOneAnswer = bySplit.every(({ cases }) => new Set(cases.map(isMet)).size < 2);
  const parts = bySplit.map(({ split, cases }) => {
    const shares = cases.map(({ value }) => value);
    return `${layersOf(split)} layers ${fromTo(shares, percent)}`;
  });
  return judge(
    BY_PACKAGE,
    verdictWord(
      decided.flat(),
      isOneAnswer ? 'the number of layers' : 'the number of layers and the update',
    ),
    `. Share of the saving beside ${label(own)} in ${decided.length} of ${plural(updates.length, 'update')}, by at most ${parts.join(', ')}.`,
    bytes,
  );
}

/** The figures that coreos/chunkah's tools/analyze-layer-reuse.py prints. */
function reuse(records: Records): Finding {
  const own = records.model(RECOMPRESSED);
  const parts = [own, ...records.models(...SPLIT)].map((model) => {
    const updates = stepsTo(records.updates, records, model);
    // An image of no layers keeps no share of them.
    const ratios = defined(updates.map(({ layers: all, kept }) => divide(kept, all)));
    const ratio = ratios.length > 0 ? mean(ratios) : undefined;
    const bytes = mean(ofUpdates(records, model, 'transfer.content_bytes'));
    const [, most = 0] = ends(updates.map(({ layers: all }) => all));
    const called = model === own ? records.label(model) : `at most ${layersOf(model)}`;
    return `${called} (${plural(most, 'layer')} there) ${fixed(ratio, 3)}, ${formatBytes(bytes)}`;
  });
  return remark(
    `Means over ${plural(records.updates.length, 'update')} as chunkah names them, avg_reuse_ratio (layers kept ÷ layers) and avg_download_bytes (layers alone): ${parts.join('; ')}.`,
  );
}

function layersOf(split: string): string {
  return /layers=(\d+)/.exec(split)![1]!;
}
