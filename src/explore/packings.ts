import type { Codec } from '../codecs/codec.ts';
import { PluginError, reasonOf } from '../errors.ts';
import type { Image } from '../images/image.ts';
import type { Link } from '../links/mod.ts';
import type { Contents } from '../measures/contents.ts';
import { FollowingFold, SeriesFold } from '../measures/fold.ts';
import type { Measurement } from '../measures/measurement.ts';
import { type CutStreams, cutStreams, findObjects } from '../models/cut-streams.ts';
import { createModel } from '../models/mod.ts';
import { type Model, noClock } from '../models/model.ts';
import {
  type DescribedStreams,
  describeStreams,
  layOut,
  longestOf,
  manifestOf,
  type ReadyChain,
  readyChain,
  type StoredStreams,
} from '../models/stages.ts';
import type { Executor } from '../objects/executor.ts';
import type { Distinct } from '../objects/objects.ts';
import { sha256 } from '../packers/blobs.ts';
import {
  type ChunkStatistics,
  chunkStatistics,
  type Inventory,
  takeInventory,
} from '../packers/inventory.ts';
import type { ExploredFigure } from './figure.ts';

/** What chains that begin alike share: the cut of an image, its stored objects, its layout. */

/** A chain on its way through the series. */
export interface Following {
  readonly chain: ReadyChain;
  readonly model: Model;
  measurements: readonly ExploredFigure[];
  error?: string;
}

/** Chains that differ in the fetcher alone: the first is folded, the others follow it. */
export interface Packing {
  readonly chains: readonly Following[];
  readonly lead: SeriesFold;
  readonly others: ReadonlyMap<Following, FollowingFold>;
}

/** An image, cut: the same for all codecs. */
export interface Cut {
  readonly image: Image;
  readonly streams: CutStreams;
  readonly distinct: Distinct;
  readonly described: DescribedStreams;
  readonly chunks: ChunkStatistics;
}

/** Cannot be known without making the bytes. */
const NOT_FOUND: ReadonlySet<string> = new Set(['reproducibility.digest']);

const EMPTY = new Uint8Array(0);

/** @param id canonical */
export async function follow(id: string): Promise<Following> {
  return { chain: await readyChain(id), model: await createModel(id), measurements: [] };
}

/** Of chains that have the first three choices in common. */
export function packingsOf(
  chains: readonly Following[],
  links: readonly Link[],
): readonly Packing[] {
  return groupBy(chains, ({ chain }) => chain.choices.packer.id).map((alike) => {
    const [first, ...more] = alike;
    const lead = new SeriesFold(first!.model, links);
    const others = new Map(
      more.map((one) => [one, new FollowingFold(lead, one.model, links)] as const),
    );
    return { chains: alike, lead, others };
  });
}

export async function cutImage(
  { serialiser, chunker, choices }: ReadyChain,
  image: Image,
  executor: Executor,
): Promise<Cut> {
  const streams = await cutStreams(image, serialiser, chunker, executor, noClock);
  const distinct = await findObjects(streams, executor, noClock);
  const described = describeStreams(streams, distinct);
  const chunks = chunkStatistics(streams.chunkLengths, longestOf(choices.chunker));
  return { image, streams, distinct, described, chunks };
}

/** Lays the next image of the series out, and adds the figures of every fetcher. */
export async function foldPacking(
  { chains, lead, others }: Packing,
  { image, streams, described, chunks }: Cut,
  content: StoredStreams,
  codec: Codec,
  contents: Contents | undefined,
  executor: Executor,
): Promise<void> {
  const { chain: first } = chains[0]!;
  const laidOut = await layOut(first, image, streams, content, described, codec, executor);
  const taken = takeInventory(image.descriptor.id, '', { ...laidOut, manifest: EMPTY }, chunks);
  for (const one of chains) {
    if (one.error !== undefined) continue;
    const { id } = one.chain;
    const manifest = manifestOf(laidOut, id);
    const inventory = {
      ...taken,
      model: id,
      digest: sha256(manifest),
      manifestBytes: manifest.length,
    };
    const other = others.get(one);
    try {
      const found = other ? other.add(inventory) : foldLead(lead, inventory, contents);
      const known = found.filter(({ measure }) => !NOT_FOUND.has(measure));
      one.measurements = [...one.measurements, ...known];
    } catch (error) {
      if (!(other && error instanceof PluginError)) throw error;
      one.error = reasonOf(error);
    }
  }
}

/** A measure of a plug-in that fails costs all that stand on this packing: they would lack it without a word. */
function foldLead(
  lead: SeriesFold,
  inventory: Inventory,
  contents: Contents | undefined,
): readonly Measurement[] {
  const { measurements, faults } = lead.add(inventory, contents);
  for (const { error } of faults) throw error;
  return measurements;
}

/** A fault costs those that it is met by; they are left out from then on. */
export async function attempt(
  some: readonly Following[],
  work: (left: readonly Following[]) => Promise<void>,
): Promise<void> {
  const left = some.filter(({ error }) => error === undefined);
  if (left.length === 0) return;
  try {
    await work(left);
  } catch (error) {
    for (const one of left) one.error ??= reasonOf(error);
  }
}

/** What all packers compress, the metadata root, is compressed once. */
export function once(codec: Codec): Codec {
  const made = new WeakMap<Uint8Array, Uint8Array>();
  return {
    ...codec,
    compress(bytes) {
      const known = made.get(bytes) ?? codec.compress(bytes);
      made.set(bytes, known);
      return known;
    },
  };
}

/** In the order of first members. */
export function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return [...groups.values()];
}
