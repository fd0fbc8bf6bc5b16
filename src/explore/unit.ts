import type { Codec } from '../codecs/codec.ts';
import { createCodec } from '../codecs/mod.ts';
import { reasonOf } from '../errors.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import type { Link } from '../links/mod.ts';
import type { Contents } from '../measures/contents.ts';
import { SeriesFold } from '../measures/fold.ts';
import type { Measurement } from '../measures/measurement.ts';
import { isDelivered } from '../models/choices.ts';
import { type CutStreams, cutStreams, findObjects } from '../models/cut-streams.ts';
import { createModel } from '../models/mod.ts';
import { cellInputs, noClock } from '../models/model.ts';
import {
  type DescribedStreams,
  describeStreams,
  layOut,
  longestOf,
  manifestOf,
  type ReadyChain,
  readyChain,
  type StoredStreams,
  storeStreams,
} from '../models/stages.ts';
import { type Executor, withInline } from '../objects/executor.ts';
import type { Distinct } from '../objects/objects.ts';
import { StoredLengths, standIns } from '../objects/stored-lengths.ts';
import { sha256 } from '../packers/blobs.ts';
import { type ChunkStatistics, chunkStatistics, takeInventory } from '../packers/inventory.ts';
import { Rope } from '../streams/rope.ts';

/**
 * The work of one thread: chains with serialiser and chunker in common, over a series. An image is cut once for all of
 * them, compressed once by each codec, laid out once by each packer; fetchers are given the packing summary.
 */
export interface Unit {
  /** In series order. */
  readonly images: readonly ImageDescriptor[];
  /** Of each image; undefined where it could not be read. */
  readonly contents: readonly (Contents | undefined)[];
  /** Canonical ids. */
  readonly models: readonly string[];
  readonly links: readonly Link[];
}

/** What a chain came to. */
export interface Explored {
  readonly model: string;
  /** As the fold of an ordinary run gives them, without digests: sizes are found without making the bytes. */
  readonly measurements: readonly Measurement[];
  /** Why it has none, or none from some image on. */
  readonly error?: string;
}

/** Cannot be known without making the bytes. */
const NOT_FOUND: ReadonlySet<string> = new Set(['reproducibility.digest']);

const EMPTY = new Uint8Array(0);

/** Of this thread, for all units that it works on: by codec. */
const lengths = new Map<string, StoredLengths>();

interface Following {
  readonly chain: ReadyChain;
  readonly fold: SeriesFold;
  readonly measurements: Measurement[];
  error?: string;
}

/** An image, cut: the same for all codecs. */
interface Cut {
  readonly image: Image;
  readonly streams: CutStreams;
  readonly distinct: Distinct;
  readonly described: DescribedStreams;
  readonly chunks: ChunkStatistics;
}

export async function exploreUnit(unit: Unit): Promise<readonly Explored[]> {
  const all: Following[] = [];
  for (const id of unit.models) {
    const fold = new SeriesFold(await createModel(id), unit.links);
    all.push({ chain: await readyChain(id), fold, measurements: [] });
  }
  for (const [number, descriptor] of unit.images.entries()) {
    const contents = unit.contents[number];
    await attempt(all, async (followed) => {
      const image = openImage(descriptor);
      try {
        await withInline((executor) => exploreImage(followed, image, unit.images, contents, executor));
      } finally {
        closeImage(image);
      }
    });
  }
  return all.map(({ chain, measurements, error }) => ({
    model: chain.id,
    measurements,
    ...(error === undefined ? {} : { error }),
  }));
}

async function exploreImage(
  followed: readonly Following[],
  image: Image,
  series: readonly ImageDescriptor[],
  contents: Contents | undefined,
  executor: Executor,
): Promise<void> {
  const { serialiser, chunker, choices } = followed[0]!.chain;
  const streams = await cutStreams(image, serialiser, chunker, executor, noClock);
  const distinct = await findObjects(streams, executor, noClock);
  const cut: Cut = {
    image,
    streams,
    distinct,
    described: describeStreams(streams, distinct),
    chunks: chunkStatistics(streams.chunkLengths, longestOf(choices.chunker)),
  };
  for (const triple of groupBy(followed, ({ chain }) => chain.choices.compressor.id)) {
    await attempt(triple, async (working) => {
      const content = await storeTriple(working, cut, series, executor);
      const { plain } = working[0]!.chain;
      const { dictionary } = content;
      const codec = once(dictionary ? await createCodec(plain.id, dictionary) : plain);
      for (const packing of groupBy(working, ({ chain }) => chain.choices.packer.id)) {
        await attempt(packing, async (packed) => foldPacking(packed, cut, content, codec, contents));
      }
    });
  }
}

/** The objects as they are stored: their lengths alone, where no packer looks into them. */
async function storeTriple(
  triple: readonly Following[],
  { image, streams, distinct }: Cut,
  series: readonly ImageDescriptor[],
  executor: Executor,
): Promise<StoredStreams> {
  const { chain } = triple[0]!;
  const { plain, trainer, choices } = chain;
  const isRead = triple.some(({ chain: { choices: own } }) => {
    const { readsStored, plugin } = own.packer.member;
    return readsStored === true || plugin !== undefined;
  });
  if (isRead || trainer || isDelivered(choices)) {
    const { first } = cellInputs({ isTrained: trainer !== undefined }, image.descriptor, series);
    return storeStreams(chain, image, streams, executor, noClock, first);
  }
  const { objects } = distinct;
  if (choices.compressor.member.name === 'none') {
    const bytes = new Rope();
    for (const [number, offset] of objects.offsets.entries()) {
      bytes.append(streams.all, offset, objects.lengths[number]!);
    }
    return { ...distinct, stored: { bytes, lengths: objects.lengths } };
  }
  const known = lengths.get(plain.id) ?? new StoredLengths(plain.id);
  lengths.set(plain.id, known);
  const stored = standIns(objects, await known.of(streams.all, objects));
  return { ...distinct, stored };
}

function foldPacking(
  packing: readonly Following[],
  { image, streams, described, chunks }: Cut,
  content: StoredStreams,
  codec: Codec,
  contents: Contents | undefined,
): void {
  const laidOut = layOut(packing[0]!.chain, image, streams, content, described, codec);
  const taken = takeInventory(image.descriptor.id, '', { ...laidOut, manifest: EMPTY }, chunks);
  for (const { chain, fold, measurements } of packing) {
    const manifest = manifestOf(laidOut, chain.id);
    const inventory = {
      ...taken,
      model: chain.id,
      digest: sha256(manifest),
      manifestBytes: manifest.length,
    };
    const folded = fold.add(inventory, contents);
    const found = folded.measurements.filter(({ measure }) => !NOT_FOUND.has(measure));
    measurements.push(...found);
  }
}

/** A fault costs those that it is met by; they are left out from then on. */
async function attempt(
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
function once(codec: Codec): Codec {
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

function groupBy<Item>(
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
