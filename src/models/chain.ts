import { readFileSync } from 'node:fs';
import { chunkerMembers, createChunker } from '../chunkers/mod.ts';
import { codecMembers, createCodec } from '../codecs/mod.ts';
import { PluginError, UsageError } from '../errors.ts';
import { planTransfer } from '../fetchers/fetcher.ts';
import { fetcherMembers } from '../fetchers/mod.ts';
import { type Member, type Resolved, resolve } from '../ids.ts';
import type { Image } from '../images/image.ts';
import type { Executor } from '../objects/executor.ts';
import { distinctObjects } from '../objects/objects.ts';
import { joinPieces, type Pieces } from '../objects/work.ts';
import { makeBlob } from '../packers/blobs.ts';
import { CONFIG_TYPE, configWithLayers, readManifest, writeManifest } from '../packers/manifest.ts';
import { packerMembers } from '../packers/mod.ts';
import type { ChunkBounds, Packed } from '../packers/packer.ts';
import { createSerialiser, serialiserMembers } from '../serialisers/mod.ts';
import type { RootedSerialiser, Serialiser, StreamReference } from '../serialisers/serialiser.ts';
import { Rope } from '../streams/rope.ts';
import { MemorySource } from '../streams/source.ts';
import { type Clock, type Model, noClock } from './model.ts';

/**
 * A model as five choices:  serialise | chunk | compress | pack | fetch
 *
 *     streams = serialise(image)         what is stored, as ordered bytes
 *     chunks  = chunk(streams)           where they are cut
 *     objects = distinct(hash(chunks))   what is stored once
 *     stored  = compress(objects)        each on its own
 *     blobs   = pack(stored)             how they lie in the registry
 *               fetch(blobs, held)       which requests bring them to a client
 */

/** Takes a layer's blob as the registry delivered it; where a provider built the layer, compresses it as most builders do. */
const delivered: Member = {
  name: 'delivered',
  title: "the image's own compressed layers; gzip level 6 where a provider built the layer",
  source: 'OCI image-spec, layer.md',
  parameters: [],
};
const BUILT_LAYER_CODEC = 'gzip:level=6';

/** The table of codecs as a chain may name them. */
export const compressorMembers: readonly Member[] = [delivered, ...codecMembers];

interface Choices {
  readonly serialiser: Resolved<Member>;
  readonly chunker: Resolved<Member>;
  readonly compressor: Resolved<Member>;
  readonly packer: Resolved<(typeof packerMembers)[number]>;
  readonly fetcher: Resolved<(typeof fetcherMembers)[number]>;
}

const AXES = 'serialise|chunk|compress|pack|fetch';

/** Reads a chain; throws a UsageError that says which two parts do not fit. */
export function resolveChain(text: string): { readonly id: string; readonly choices: Choices } {
  const parts = text.split('|').map((part) => part.trim());
  if (parts.length !== 5) {
    throw new UsageError(
      `model '${text}' has ${parts.length} parts`,
      {},
      `give five: ${AXES}, such as catar|fastcdc:avg=64KiB|zstd:3|blob|range`,
    );
  }
  const choices: Choices = {
    serialiser: resolve('serialiser', serialiserMembers, parts[0]!),
    chunker: resolve('chunker', chunkerMembers, parts[1]!),
    compressor: resolve('codec', compressorMembers, parts[2]!),
    packer: resolve('packer', packerMembers, parts[3]!),
    fetcher: resolve('fetcher', fetcherMembers, parts[4]!),
  };
  checkFit(text, choices);
  return {
    id: Object.values(choices)
      .map((choice: Resolved<Member>) => choice.id)
      .join('|'),
    choices,
  };
}

function checkFit(
  text: string,
  { serialiser, chunker, compressor, packer, fetcher }: Choices,
): void {
  const misfit = (one: Resolved<Member>, other: Resolved<Member>, remedy: string): never => {
    throw new UsageError(
      `'${one.member.name}' and '${other.member.name}' do not fit in '${text}'`,
      {},
      remedy,
    );
  };
  const is = (choice: Resolved<Member>, name: string): boolean => choice.member.name === name;
  if (is(packer, 'layers') && is(serialiser, 'files'))
    misfit(serialiser, packer, "a file is no layer: pack as 'objects' or 'blob'");
  if (is(packer, 'layers') && !is(chunker, 'whole'))
    misfit(
      chunker,
      packer,
      "a layer is one piece: chunk as 'whole', or pack as 'objects' or 'blob'",
    );
  if (is(fetcher, 'range') && !is(packer, 'blob'))
    misfit(packer, fetcher, "ranges need a blob with an index: pack as 'blob', or fetch by 'get'");
  if (is(compressor, 'delivered') && !is(serialiser, 'layers'))
    misfit(serialiser, compressor, "only 'layers' were delivered: name a codec such as zstd:3");
  if (is(compressor, 'delivered') && !is(packer, 'layers'))
    misfit(compressor, packer, "delivered blobs stay layers: pack as 'layers', or name a codec");
}

/** Builds the model that a chain describes. Loads codecs' WebAssembly, hence async. */
export async function createChain(text: string): Promise<Model> {
  const { id, choices } = resolveChain(text);
  const serialiser = createSerialiser(choices.serialiser.id);
  const chunker = createChunker(choices.chunker.id);
  const isDelivered = choices.compressor.member === delivered;
  const codec = await createCodec(isDelivered ? BUILT_LAYER_CODEC : choices.compressor.id);
  const { packer } = choices.packer.member;
  const { fetcher } = choices.fetcher.member;
  const bounds = chunkBounds(choices.chunker);
  const streamMediaType =
    serialiser.id === 'catar'
      ? 'application/vnd.ocibench.catar.v1'
      : 'application/vnd.oci.image.layer.v1.tar';

  return {
    id,
    fidelity: serialiser.fidelity,

    async pack(image: Image, executor: Executor, clock: Clock = noClock): Promise<Packed> {
      const serialised = await clock.time('serialise', () => serialiser.serialise(image));
      const all = new Rope();
      for (const stream of serialised.streams) all.append(stream.bytes);

      const cuts = await clock.time('chunk', async () => {
        const lengths: Float64Array[] = [];
        let start = 0;
        for (const { bytes } of serialised.streams) {
          const own = await executor.cut(all, start, bytes.length, chunker);
          // An empty stream is still stored: as one empty object.
          lengths.push(own.length > 0 ? own : new Float64Array(1));
          start += bytes.length;
        }
        return lengths;
      });
      const chunkLengths = Float64Array.from(cuts.flatMap((lengths) => Array.from(lengths)));
      const ranges = { lengths: chunkLengths, offsets: startsOf(chunkLengths) };
      const digests = await clock.time('hash', () => executor.digest(all, ranges));
      const { objects, sequence } = distinctObjects(chunkLengths, digests);

      const stored = await clock.time('compress', () =>
        isDelivered
          ? deliveredPieces(image, objects.digests, all, objects, executor)
          : executor.compress(all, objects, codec.id),
      );

      return clock.time('write', () => {
        const streams = splitSequence(cuts, sequence);
        const root = serialised.root?.(referencesOf(streams, objects));
        const output = packer.pack({
          objects,
          stored,
          streams,
          root,
          codec,
          streamMediaType,
          bounds,
        });
        const diffIds = streams.map(
          ({ objects: [number] }) => `sha256:${hexAt(objects.digests, number!)}`,
        );
        const { config } = image.descriptor;
        const configBytes =
          choices.packer.member.name === 'layers'
            ? configWithLayers(config, diffIds)
            : new TextEncoder().encode(config);
        const configBlob = makeBlob('metadata', CONFIG_TYPE, configBytes);
        return {
          manifest: writeManifest(
            configBlob.descriptor,
            output.layers.map((layer) => layer.descriptor),
            id,
          ),
          config: configBlob,
          output,
          objects,
          stored,
          streamBytes: all.length,
          chunkLengths,
          longestChunk: longestOf(choices.chunker),
        };
      });
    },

    async unpack(manifestBytes, store, executor) {
      const { layers } = readManifest(manifestBytes);
      const readReferences = isRooted(serialiser)
        ? (root: Uint8Array): readonly StreamReference[] => serialiser.readReferences(root)
        : undefined;
      const opened = packer.open({ layers, store, codec, readReferences });
      const { objects } = opened;
      const stored = Array.from({ length: objects.count }, (_, number) => opened.stored(number));
      const contents = new MemorySource(
        await executor.decompress(stored, objects.lengths, objects.digests, codec.id),
      );
      const starts = startsOf(objects.lengths);
      const streams = opened.streams.map((numbers) => {
        const rope = new Rope();
        for (const number of numbers)
          rope.slice(contents, starts[number]!, objects.lengths[number]!);
        return rope;
      });
      return serialiser.restore(streams, opened.root);
    },

    transfer: (inventory, held) => planTransfer(fetcher, inventory, held, choices.fetcher.values),
  };
}

function isRooted(serialiser: Serialiser): serialiser is RootedSerialiser {
  return 'readReferences' in serialiser;
}

function chunkBounds({ values }: Resolved<Member>): ChunkBounds {
  const { size, min = size, avg = size, max = size } = values;
  const bound = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 1);
  return { minimum: bound(min), average: bound(avg), maximum: bound(max) };
}

function longestOf({ values }: Resolved<Member>): number | undefined {
  const { size, max = size } = values;
  return typeof max === 'number' ? max : undefined;
}

function startsOf(lengths: Float64Array): Float64Array {
  const starts = new Float64Array(lengths.length);
  for (let index = 1; index < lengths.length; index++) {
    starts[index] = starts[index - 1]! + lengths[index - 1]!;
  }
  return starts;
}

function splitSequence(
  cuts: readonly Float64Array[],
  sequence: Uint32Array,
): readonly { readonly length: number; readonly objects: Uint32Array }[] {
  let start = 0;
  return cuts.map((lengths) => {
    const objects = sequence.subarray(start, start + lengths.length);
    start += lengths.length;
    return { length: lengths.reduce((sum, length) => sum + length, 0), objects };
  });
}

function referencesOf(
  streams: readonly { readonly length: number; readonly objects: Uint32Array }[],
  objects: Packed['objects'],
): readonly StreamReference[] {
  return streams.map((stream) => ({
    length: stream.length,
    chunks: Array.from(stream.objects, (number) => ({
      digest: objects.digests.subarray(32 * number, 32 * number + 32),
      length: objects.lengths[number]!,
    })),
  }));
}

/** Objects of the `layers` serialiser are whole layers: each takes the blob that came with it, or is compressed. */
async function deliveredPieces(
  image: Image,
  digests: Uint8Array,
  all: Rope,
  objects: Packed['objects'],
  executor: Executor,
): Promise<Pieces> {
  const byDiffId = new Map(image.layers.map((layer) => [layer.diffId, layer]));
  const pieces: Uint8Array[] = [];
  for (let number = 0; number < objects.count; number++) {
    const blob = byDiffId.get(`sha256:${hexAt(digests, number)}`)?.delivered;
    if (blob && !/\+gzip$|\.tar\.gzip$/.test(blob.mediaType)) {
      throw new PluginError(
        `layer ${blob.digest} was delivered as ${blob.mediaType}`,
        { image: image.descriptor.id },
        "only gzip layers can be unpacked as delivered: use 'layers|whole|zstd:3|layers|get'",
      );
    }
    if (blob) {
      pieces.push(new Uint8Array(readFileSync(blob.path)));
      continue;
    }
    const one = {
      offsets: objects.offsets.slice(number, number + 1),
      lengths: objects.lengths.slice(number, number + 1),
    };
    pieces.push((await executor.compress(all, one, BUILT_LAYER_CODEC)).bytes);
  }
  return joinPieces(pieces);
}

function hexAt(digests: Uint8Array, number: number): string {
  return Buffer.from(digests.subarray(32 * number, 32 * number + 32)).toString('hex');
}
