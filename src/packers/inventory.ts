import type { ImageDescriptor } from '../images/image.ts';
import type { ObjectTable } from '../objects/objects.ts';
import { divide, percentiles } from '../stats/mod.ts';
import { sha256 } from './blobs.ts';
import type { DeltaFacts } from './delta.ts';
import type {
  Blob,
  LayerIndex,
  LayerIndexes,
  ObjectRounds,
  Packed,
  PackLimits,
  Placement,
} from './packer.ts';

/**
 * What the measures need to know of one image packed by one model: no contents, so that a series of any length is
 * accounted in little memory. Plain data: it crosses threads and is kept in the cache.
 */
export interface Inventory {
  readonly image: string;
  readonly model: string;
  /** Digest of the manifest, hexadecimal sha256: it covers every byte that was packed. */
  readonly digest: string;
  /** Total length of the streams before chunking: bytes. */
  readonly streamBytes: number;
  readonly chunks: ChunkStatistics;
  readonly objects: Pick<ObjectTable, 'count' | 'digests' | 'lengths'> & {
    /** Compressed lengths: bytes. */
    readonly stored: Float64Array;
  };
  /** As in {@link Packed}: says which bytes an object is of, without cutting the image again. */
  readonly sequence?: Uint32Array;
  /** Of a divided metadata root. */
  readonly rounds?: ObjectRounds;
  readonly manifestBytes: number;
  readonly config: BlobFacts;
  readonly layers: readonly BlobFacts[];
  /** Indexes of layers that are no layers themselves. */
  readonly layerIndexes?: {
    readonly manifest: BlobFacts;
    readonly config: BlobFacts;
    readonly indexes: readonly (BlobFacts & Pick<LayerIndex, 'layer' | 'spans'>)[];
  };
  /** Objects are things of their own in the store. */
  readonly loose: boolean;
  /** Where objects and indexes lie in the layers. */
  readonly placement?: Placement;
  /** The layers after the first are packs that a series shares. */
  readonly packs?: PackLimits;
  /** Deltas to this image from those before it, the nearest first. */
  readonly deltas?: readonly DeltaFacts[];
}

/** Tells images apart: two of one content are two, since configurations may differ. */
export function inventoryKey(images: readonly Pick<ImageDescriptor, 'id' | 'digest'>[]): string {
  return images.map(({ id, digest }) => `${id} ${digest}`).join('\n');
}

export interface BlobFacts {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly role: 'content' | 'metadata';
}

/** Lengths of the chunks of one image, every chunk counted as often as it occurs: bytes. */
export interface ChunkStatistics {
  readonly count: number;
  /** undefined, as all below, where there are no chunks. */
  readonly mean: number | undefined;
  readonly p5: number | undefined;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  /** Share of the chunks that were cut because they reached the longest length; undefined without such a bound. */
  readonly shareAtLongest: number | undefined;
}

/** @param chunks statistics of its chunks, where they are known */
export function takeInventory(
  image: string,
  model: string,
  packed: Packed,
  chunks: ChunkStatistics = chunkStatistics(packed.chunkLengths, packed.longestChunk),
): Inventory {
  const { objects, output, stored } = packed;
  return {
    image,
    model,
    digest: sha256(packed.manifest),
    streamBytes: packed.streamBytes,
    chunks,
    objects: {
      count: objects.count,
      digests: objects.digests,
      lengths: objects.lengths,
      stored: stored.lengths,
    },
    ...(packed.sequence ? { sequence: packed.sequence } : {}),
    ...(packed.rounds ? { rounds: packed.rounds } : {}),
    manifestBytes: packed.manifest.length,
    config: blobFacts(packed.config),
    layers: output.layers.map(blobFacts),
    ...(output.layerIndexes ? { layerIndexes: indexFacts(output.layerIndexes) } : {}),
    loose: output.loose,
    ...(output.placement ? { placement: output.placement } : {}),
    ...(output.packs ? { packs: output.packs } : {}),
  };
}

function blobFacts({ role, descriptor }: Blob): BlobFacts {
  return { role, digest: descriptor.digest, size: descriptor.size };
}

function indexFacts({
  manifest,
  config,
  indexes,
}: LayerIndexes): NonNullable<Inventory['layerIndexes']> {
  return {
    manifest: blobFacts(manifest),
    config: blobFacts(config),
    indexes: indexes.map(({ blob, layer, spans }) => ({ ...blobFacts(blob), layer, spans })),
  };
}

/** All blobs but the manifest of the image, each at least once: configuration first, then the layers. */
export function blobsOf({ config, layers, layerIndexes }: Inventory): readonly BlobFacts[] {
  if (!layerIndexes) return [config, ...layers];
  const { manifest, indexes } = layerIndexes;
  return [config, ...layers, manifest, layerIndexes.config, ...indexes];
}

/** @param longest length at which the chunker cuts in any case; undefined where there is none */
export function chunkStatistics(
  lengths: Float64Array,
  longest: number | undefined,
): ChunkStatistics {
  const [p5, p50, p95] = percentiles(lengths, [0.05, 0.5, 0.95]);
  const count = lengths.length;
  let [sum, atLongest] = [0, 0];
  for (const length of lengths) {
    sum += length;
    if (length === longest) atLongest++;
  }
  return {
    count,
    mean: divide(sum, count),
    p5,
    p50,
    p95,
    shareAtLongest: longest === undefined ? undefined : divide(atLongest, count),
  };
}
