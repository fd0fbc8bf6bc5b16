import { blobsOf } from '../packers/packer.ts';
import type { Arrivals } from './arrivals.ts';
import { objectsByLayer, unitFinder } from './places.ts';
import type { Recorded } from './recorder.ts';
import { type Graph, GraphBuilder } from './schedule.ts';

/** What a format lets happen at the same time, from what each stage took on one core: METHODS.md, Parallelism. */

/**
 *     serialise → serialise → …        one walk over the tree, in order
 *         ↓           ↓
 *        cut   →     cut               where cuts depend on those before; segments otherwise, each joined to the one before
 *         ↓           ↓
 *       object      object             digest, compress, write
 *         ↓           ↓
 *       digest →    digest             of the blob that they lie in
 *                     ↓
 *                   index              once all objects are known
 */
export function packGraph(recorded: Recorded): Graph {
  const { packed, writeMs, blobs } = recorded;
  const graph = new GraphBuilder();
  const { made, chunks } = addChunks(graph, recorded);
  const { layers, diffIds } = packed.output;
  const digestMs = (layer: number): number => blobs.get(layers[layer]!.descriptor.digest) ?? 0;
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const sizes = layers.map(({ descriptor }) => descriptor.size);
  const indexMs = Math.max(0, writeMs - sum(layers.map((_, layer) => digestMs(layer))));
  // Layers of an OCI image say each by itself what lies in them.
  const common = diffIds ? undefined : graph.add(indexMs, chunks);
  for (const [layer, list] of objectsByLayer(packed).entries()) {
    const own = list.map((number) => made[number]);
    const index = common ?? graph.add((indexMs * sizes[layer]!) / Math.max(1, sum(sizes)), own);
    const perByte = digestMs(layer) / Math.max(1, sizes[layer]!);
    let digested: number | undefined;
    let left = sizes[layer]!;
    for (const number of list) {
      const length = packed.stored.lengths[number]!;
      digested = graph.add(perByte * length, [made[number], digested]);
      left -= length;
    }
    graph.add(perByte * Math.max(0, left), [digested, index]);
  }
  return graph.build();
}

/** Stages until each chunk is stored. `made` by number of the object, where it is the first chunk of it. */
function addChunks(
  graph: GraphBuilder,
  { packed, serialiseMs, cuts, chunks: costs }: Recorded,
): { readonly made: readonly (number | undefined)[]; readonly chunks: readonly number[] } {
  const { objects, chunkLengths, streamBytes, rounds } = packed;
  const objectAt = new Map<number, number>();
  for (let number = 0; number < (rounds?.metadataFrom ?? objects.count); number++) {
    if (objects.lengths[number]! > 0) objectAt.set(objects.offsets[number]!, number);
  }
  let walked: number | undefined;
  const walk = (bytes: number): number => {
    walked = graph.add((serialiseMs * bytes) / Math.max(1, streamBytes), [walked]);
    return walked;
  };
  const made: (number | undefined)[] = [];
  const chunks: number[] = [];
  let [offset, stream, segment] = [0, 0, 0];
  let cut: number | undefined;
  for (const length of chunkLengths) {
    let own = cuts[stream];
    while (own && offset >= own.offset + own.length) {
      own = cuts[++stream];
      segment = 0;
      cut = undefined;
    }
    if (!own || own.offset > offset) cut = walk(length);
    else if (own.segments.length === 1) {
      cut = graph.add((own.ms * length) / own.length, [walk(length), cut]);
    } else {
      for (; own.offset + (own.segments[segment]?.from ?? Infinity) <= offset; segment++) {
        const { from, to } = own.segments[segment]!;
        const alone = graph.add((own.ms * (to - from)) / own.length, [walk(to - from)]);
        cut = graph.add(0, [alone, cut]);
      }
    }
    const cost = length > 0 ? costs.get(offset) : undefined;
    const chunk = graph.add(cost ?? 0, [cut]);
    chunks.push(chunk);
    const number = objectAt.get(offset);
    if (length > 0 && number !== undefined) made[number] = chunk;
    offset += length;
  }
  return { made, chunks };
}

/** Everything in the registry is held against its name: a blob by its bytes, an object by its content. */
export function verifyGraph({ packed, blobs, restored }: Recorded): Graph {
  const graph = new GraphBuilder();
  const digested = blobsOf(packed).map(({ descriptor }) =>
    graph.add(blobs.get(descriptor.digest) ?? 0),
  );
  // Which objects there are is known from the blobs.
  if (packed.output.loose) for (const { ms } of restored) graph.add(ms, digested);
  return graph.build();
}

/**
 *     open → object → object …      a long object piece by piece; objects, and parts that can be read alone, each by itself
 *               ↓        ↓
 *            restore → restore      an archive is read in order; with a root of its own it needs no contents
 *
 * @param arrivals of what is still downloaded; all is there where absent
 */
export function unpackGraph(recorded: Recorded, arrivals?: Arrivals): Graph {
  const { packed, restored, openMs, restoreMs, isArchive } = recorded;
  const graph = new GraphBuilder();
  const open = graph.add(openMs, [], arrivals?.index);
  if (!isArchive) graph.add(restoreMs, [open]);
  const unitOf = unitFinder(packed);
  const bytes = restored.reduce((sum, { length }) => sum + length, 0);
  let read: number | undefined;
  for (const { digest, length, ms } of restored) {
    const { parts, isDivided } = unitOf(digest);
    const stored = parts.reduce((sum, part) => sum + part.length, 0);
    let before: number | undefined;
    for (const part of parts) {
      const share = stored > 0 ? part.length / stored : 1 / parts.length;
      const after = [open, isDivided ? undefined : before];
      before = graph.add(ms * share, after, arrivals?.at(part));
      if (isArchive) {
        read = graph.add((restoreMs * length * share) / Math.max(1, bytes), [before, read]);
      }
    }
  }
  return graph.build();
}
