import { formatBytes, plural } from '../src/format.ts';
import { defined, divide, type Maybe, remainder } from '../src/stats/mod.ts';
import { layersSpareLittle } from './claims/c01-layers.ts';
import { packageLayersSuffice } from './claims/c33-packages.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  ends,
  type Figure,
  type Finding,
  figureOf,
  fixed,
  fromTo,
  mean,
  ofUpdates,
  percent,
  recorded,
  remark,
} from './verdict.ts';

/**
 * What does sharing whole layers spare? Claims C01 (nearly nothing when an image is updated) and C33 (layers split by package
 * give most of what a new format gives); and what images spare that are built FROM one base.
 */

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
    'C01 sharing whole layers spares a client little when an image is updated; C33 layers split by package give most of what chunks would',
  title: 'What does sharing whole layers spare?',
  decides: [layersSpareLittle, packageLayersSuffice],
  swept: [],
  packed: [DELIVERED, RECOMPRESSED, ...STORES, ...SPLIT],
  chart: 'transfer-per-update',
  isOfAnyStep: true,
  verdict: (records) => [
    keptLayers(records),
    storage(records),
    ...(records.updates.length > 0 ? [byPackage(records), reuse(records)] : []),
  ],
});

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

/**
 * Builders make the layers above a new base anew: such an image has no layer of the one before. Images that are built FROM one
 * base are no updates of one another, and keep some: steps of every kind count, each by itself.
 */
function keptLayers(records: Records): Finding {
  const every = records.steps.map(({ image }) => image);
  const all = stepsTo(every, records, records.model(DELIVERED));
  const sharing = all.filter(({ kept }) => kept > 0);
  const [kept, counts] = (['kept', 'layers'] as const).map((field) =>
    fromTo(
      sharing.map((step) => step[field]),
      String,
    ),
  );
  const spared =
    sharing.length === 0
      ? ''
      : ` They keep ${kept} of ${counts} layers, which spare ${sparedBy(sharing)} of a cold pull.`;
  return remark(
    `${DELIVERED} keeps a layer of the image before in ${sharing.length} of ${plural(all.length, 'step')}.${spared}`,
    layerFigures(all),
  );
}

function sparedBy(updates: readonly Step[]): string {
  return fromTo(
    updates.map(({ spared }) => spared),
    percent,
  );
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

/** What an update pulls by layers split by package, beside the image's own layers and stores. */
function byPackage(records: Records): Finding {
  const models = records.models(RECOMPRESSED, ...STORES, ...SPLIT);
  const parts = models.map((model) => {
    const called = model.startsWith('packages')
      ? `${layersOf(model)} layers`
      : records.label(model);
    return `${called} ${fromTo(ofUpdates(records, model, 'transfer.bytes'), formatBytes)}`;
  });
  return remark(
    `An update pulls, ${plural(records.updates.length, 'update')}, by package in at most so many layers and by others: ${parts.join('; ')}.`,
    recorded(records, records.updates, models, ['transfer.bytes'], 'previous'),
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
