import { plural } from '../src/format.ts';
import { defined, divide, type Maybe, remainder } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  above,
  atLeast,
  atMost,
  ends,
  type Finding,
  fixed,
  claim as judge,
  leastBy,
  type Met,
  mean,
  megabytes,
  namer,
  ofUpdates,
  percent,
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
/** "Most of the saving" is held to be at least this share of it. */
const MOST = 0.8;
/** The image's own layers as delivered, and by the codec that everything else here has. */
const OWN = ['oci-gzip', 'oci-zstd'] as const;
const STORES = ['per-file', 'catar'];
const SPLIT = ['packages:layers={16,64,128}|whole|zstd:3|layers|get'];
/** project-machine/puzzlefs#13: six tags of a private image, MB of their layers and of the distinct ones. */
const PUBLISHED = 1 - 2813 / 3112;

export const layers: Experiment = createExperiment({
  name: 'layers',
  claims: 'C01 and C33',
  title: 'What does sharing whole layers spare?',
  swept: [],
  packed: [...OWN, ...STORES, ...SPLIT],
  verdict(records) {
    return [
      onNewBase(records),
      onSameBase(records),
      storage(records),
      splitByPackage(records),
      reuse(records),
    ];
  },
});

interface Update {
  readonly image: string;
  /** Distinct layers of the image, and those of them that the image before has. */
  readonly layers: number;
  readonly kept: number;
  /** Bytes pulled by a client with nothing, and with the image before. */
  readonly cold: number;
  readonly pulled: number;
  /** Share of the cold pull that the image before spares. */
  readonly spared: Maybe;
}

/** @param model one whose objects are layers, where layers are counted */
function updatesOf({ updates, number }: Records, model: string): readonly Update[] {
  return updates.map((image) => {
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

function describe({ image, layers: all, kept, cold, pulled, spared }: Update): string {
  return `→ ${image} ${kept} of ${all} layers kept, ${megabytes(pulled)} of ${megabytes(cold)} pulled, ${percent(spared)} spared`;
}

/** Builders make the layers above a new base anew: such an image has no layer of the one before. */
function onNewBase(records: Records): Finding {
  const { own, stores, name } = chainsOf(records);
  const all = updatesOf(records, own[0]);
  const claim = `C01 whole layers spare nearly nothing (at most ${percent(LITTLE)} of a cold pull) when the base is updated`;
  if (all.every(({ kept }) => kept > 0)) {
    return undecided(claim, 'every image here keeps layers of the one before');
  }
  const rows = all.flatMap((update, index) => {
    if (update.kept > 0) return [];
    const others = stores.map(
      (store) => `${name(store)} ${percent(updatesOf(records, store)[index]!.spared)}`,
    );
    return { ...update, text: `${describe(update)} (${others.join(', ')} of their own)` };
  });
  const word = verdictWord(
    rows.map(({ spared }) => atMost(spared, LITTLE)),
    'the update',
  );
  return judge(
    claim,
    word,
    ` in ${rows.length} of ${all.length} updates, those that keep no layer. ${name(own[0])}: ${rows.map(({ text }) => text).join('; ')}.`,
  );
}

function onSameBase(records: Records): Finding {
  const { own, name } = chainsOf(records);
  const sharing = updatesOf(records, own[0]).filter(({ kept }) => kept > 0);
  const claim = `C01 whole layers spare more than ${percent(LITTLE)} where images are built FROM one base, and so share layers`;
  if (sharing.length === 0) {
    return undecided(claim, 'no image here keeps a layer of the one before');
  }
  const word = verdictWord(
    sharing.map(({ spared }) => above(spared, LITTLE)),
    'what lies above the base',
  );
  return judge(claim, word, `. ${name(own[0])}: ${sharing.map(describe).join('; ')}.`);
}

function storage(records: Records): Finding {
  const { images, number } = records;
  const all = images.reduce((sum, image) => sum + number(image, '*', 'image.delivered_bytes'), 0);
  const kept = number(images.at(-1)!, chainsOf(records).own[0], 'stored.content_bytes');
  return remark(
    `Layers of the ${images.length} images, each kept once: ${megabytes(kept)} of ${megabytes(all)}, ${percent(remainder(kept, all))} spared. Published for six tags of another image (puzzlefs#13): ${percent(PUBLISHED)}.`,
  );
}

/** Savings of an update beside the image's own layers: of the splits, against that of the better store. */
function splitByPackage(records: Records): Finding {
  const { own, stores, splits, name } = chainsOf(records);
  const claim = `C33 layers split by package give most (at least ${percent(MOST)}) of what the better store spares of an update`;
  const rows = records.updates.map((image, update) => {
    const pulled = (model: string): number => ofUpdates(records, model, 'transfer.bytes')[update]!;
    const best = leastBy(stores, pulled);
    const saving = pulled(own[1]) - pulled(best);
    // Where a store spares nothing, there is no saving to have a share of.
    const isWorth = saving > LITTLE * pulled(own[1]);
    const shares = splits.map((split) => divide(pulled(own[1]) - pulled(split), saving));
    const parts = splits.map((split, index) => {
      const share = isWorth ? ` (${percent(shares[index])})` : '';
      return `${layersOf(split)} layers ${megabytes(pulled(split))}${share}`;
    });
    return {
      isMet: isWorth ? shares.map((share): Met => atLeast(share, MOST)) : [],
      text: `→ ${image} ${name(own[1])} ${megabytes(pulled(own[1]))}, ${name(best)} ${megabytes(pulled(best))}, ${parts.join(', ')}`,
    };
  });
  const decided = rows.map(({ isMet }) => isMet).filter(({ length }) => length > 0);
  const isOneAnswer = splits.every(
    (_, index) => new Set(decided.map((met) => met[index])).size < 2,
  );
  const rest = `. Pulled by a client with the image before, and by at most so many layers (share of the saving): ${rows.map(({ text }) => text).join('; ')}.`;
  if (decided.length === 0) {
    return undecided(claim, `no store spares more than ${percent(LITTLE)} of an update here`, rest);
  }
  const dependsOn = isOneAnswer ? 'the number of layers' : 'the number of layers and the update';
  return judge(claim, verdictWord(decided.flat(), dependsOn), rest);
}

/** The figures that coreos/chunkah's tools/analyze-layer-reuse.py prints. */
function reuse(records: Records): Finding {
  const { own, splits, name } = chainsOf(records);
  const parts = [own[1], ...splits].map((model) => {
    const updates = updatesOf(records, model);
    // An image of no layers keeps no share of them.
    const ratios = defined(updates.map(({ layers: all, kept }) => divide(kept, all)));
    const ratio = ratios.length > 0 ? mean(ratios) : undefined;
    const bytes = mean(ofUpdates(records, model, 'transfer.content_bytes'));
    const [, most = 0] = ends(updates.map(({ layers: all }) => all));
    const label = model === own[1] ? name(model) : `at most ${layersOf(model)}`;
    return `${label} (${plural(most, 'layer')} there) ${fixed(ratio, 3)}, ${megabytes(bytes)}`;
  });
  return remark(
    `Means over the updates as chunkah names them, avg_reuse_ratio (layers kept ÷ layers) and avg_download_bytes (layers alone): ${parts.join('; ')}.`,
  );
}

function layersOf(split: string): string {
  return /layers=(\d+)/.exec(split)![1]!;
}

interface Chains {
  readonly own: readonly [delivered: string, recompressed: string];
  readonly stores: readonly string[];
  readonly splits: readonly string[];
  readonly name: (model: string) => string;
}

function chainsOf({ models }: Records): Chains {
  const [delivered, recompressed, ...others] = models as [string, string, ...string[]];
  return {
    own: [delivered, recompressed],
    stores: others.slice(0, STORES.length),
    splits: others.slice(STORES.length),
    name: namer(models),
  };
}
