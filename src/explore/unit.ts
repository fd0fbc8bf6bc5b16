import { createCodec } from '../codecs/mod.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import type { Link } from '../links/mod.ts';
import type { Contents } from '../measures/contents.ts';
import { isDelivered } from '../models/choices.ts';
import { cellInputs, noClock } from '../models/model.ts';
import { type StoredStreams, storeStreams } from '../models/stages.ts';
import { type Executor, withInline } from '../objects/executor.ts';
import { StoredLengths, standIns } from '../objects/stored-lengths.ts';
import { exploreEstimated } from './estimated.ts';
import type { ExploredFigure } from './figure.ts';
import {
  attempt,
  type Cut,
  cutImage,
  type Following,
  foldPacking,
  follow,
  groupBy,
  once,
  packingsOf,
} from './packings.ts';

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
  /** k where of the contents about 1/2^k are compressed, and the others estimated; exact where absent. */
  readonly estimate?: number;
}

/** What a chain came to. */
export interface Explored {
  readonly model: string;
  /**
   * As the fold of an ordinary run gives them, without digests: sizes are found without making the bytes.
   */
  readonly measurements: readonly ExploredFigure[];
  /** Why it has none, or none from some image on. */
  readonly error?: string;
}

/** Of this thread, for all units that it works on: by codec. */
const lengths = new Map<string, StoredLengths>();

export async function exploreUnit(unit: Unit): Promise<readonly Explored[]> {
  const all: Following[] = [];
  for (const id of unit.models) all.push(await follow(id));
  const triples = groupBy(all, ({ chain }) => chain.choices.compressor.id);
  const power = unit.estimate;
  const estimated = power === undefined ? [] : triples.filter(isCompressed);
  await exploreExactly(
    triples.filter((triple) => !estimated.includes(triple)),
    unit,
  );
  if (power !== undefined) await exploreEstimated(estimated, unit, power);
  return all.map(({ chain, measurements, error }) => ({
    model: chain.id,
    measurements,
    ...(error === undefined ? {} : { error }),
  }));
}

async function exploreExactly(
  triples: readonly (readonly Following[])[],
  { images, contents, links }: Unit,
): Promise<void> {
  const all = triples.flat();
  const working = triples.map((triple) => ({ triple, packings: packingsOf(triple, links) }));
  for (const [number, descriptor] of images.entries()) {
    await attempt(all, async ([first]) => {
      const image = openImage(descriptor);
      try {
        await withInline(async (executor) => {
          const cut = await cutImage(first!.chain, image, executor);
          for (const { triple, packings } of working) {
            await attempt(triple, async ([one]) => {
              const content = await storeTriple(triple, cut, images, executor);
              const { plain } = one!.chain;
              const { dictionary } = content;
              const codec = once(dictionary ? await createCodec(plain.id, dictionary) : plain);
              for (const packing of packings) {
                await attempt(packing.chains, async () =>
                  foldPacking(packing, cut, content, codec, contents[number], executor),
                );
              }
            });
          }
        });
      } finally {
        closeImage(image);
      }
    });
  }
}

/** A packer looks into the bytes, or they depend on more than the content: they are made. */
function isMade(triple: readonly Following[]): boolean {
  const [{ chain }] = triple as [Following];
  return (
    chain.trainer !== undefined ||
    isDelivered(chain.choices) ||
    triple.some(({ chain: { choices } }) => {
      const { readsStored, plugin } = choices.packer.member;
      return readsStored === true || plugin !== undefined;
    })
  );
}

/** Lengths are found by compressing: all else costs next to nothing. */
function isCompressed(triple: readonly Following[]): boolean {
  return !isMade(triple) && triple[0]!.chain.plain.id !== 'none';
}

/** The objects as they are stored: their lengths alone, where no packer looks into them. */
async function storeTriple(
  triple: readonly Following[],
  { image, streams, distinct }: Cut,
  series: readonly ImageDescriptor[],
  executor: Executor,
): Promise<StoredStreams> {
  const { chain } = triple[0]!;
  const { plain, trainer } = chain;
  if (isMade(triple)) {
    const { first } = cellInputs({ isTrained: trainer !== undefined }, image.descriptor, series);
    return storeStreams(chain, image, streams, executor, noClock, first);
  }
  const { objects } = distinct;
  if (!isCompressed(triple)) return { ...distinct, stored: standIns(objects, objects.lengths) };
  const known = lengths.get(plain.id) ?? new StoredLengths(plain.id);
  lengths.set(plain.id, known);
  const stored = standIns(objects, await known.of(streams.all, objects));
  return { ...distinct, stored };
}
