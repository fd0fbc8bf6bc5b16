import { divideImage, type Sweep } from '../accounting/divide.ts';
import { createChunker } from '../chunkers/mod.ts';
import { cutSegment, type Segment } from '../chunkers/segments.ts';
import { createCodec } from '../codecs/mod.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { openLatest } from '../images/open.ts';
import { takeContents } from '../measures/contents.ts';
import { type CellInput, measureCell } from '../models/cell.ts';
import {
  compressRanges,
  decompressPieces,
  digestRanges,
  type Pieces,
  type Ranges,
  storePieces,
} from '../objects/work.ts';
import { Rope, type RopeDescriptor } from '../streams/rope.ts';

/** What a worker thread can do, by name. */

interface Done {
  readonly result: unknown;
  readonly transfer?: readonly ArrayBuffer[];
}

type Task<Payload> = (payload: Payload) => Promise<Done>;

const sources = new Map<number, Rope>();

const open: Task<{ readonly number: number; readonly rope: RopeDescriptor }> = async (payload) => {
  sources.set(payload.number, Rope.open(payload.rope));
  return { result: undefined };
};

const cut: Task<{
  readonly source: number;
  readonly offset: number;
  readonly length: number;
  readonly chunker: string;
  readonly segment: Segment;
}> = async ({ source, offset, length, chunker, segment }) => {
  const stream = new Rope().slice(sources.get(source)!, offset, length);
  return { result: cutSegment(createChunker(chunker), stream, segment) };
};

const digest: Task<{ readonly source: number; readonly ranges: Ranges }> = async (payload) => {
  return { result: digestRanges(sources.get(payload.source)!, payload.ranges) };
};

const compress: Task<{
  readonly source: number;
  readonly ranges: Ranges;
  readonly codec: string;
  readonly dictionary: Uint8Array | undefined;
}> = async (payload) => {
  const codec = await createCodec(payload.codec, payload.dictionary);
  const pieces = compressRanges(sources.get(payload.source)!, payload.ranges, codec);
  return { result: pieces, transfer: [pieces.bytes.buffer as ArrayBuffer] };
};

const store: Task<{ readonly paths: readonly string[]; readonly pieces: Pieces }> = async ({
  paths,
  pieces,
}) => {
  storePieces(paths, pieces);
  return { result: undefined };
};

const decompress: Task<{
  readonly pieces: readonly Uint8Array[];
  readonly lengths: Float64Array;
  readonly digests: Uint8Array;
  readonly codec: string;
  readonly dictionary: Uint8Array | undefined;
}> = async ({ pieces, lengths, digests, codec, dictionary }) => {
  const made = await createCodec(codec, dictionary);
  const contents = decompressPieces(pieces, lengths, digests, made);
  return { result: contents, transfer: [contents.buffer as ArrayBuffer] };
};

const sweep: Task<{
  readonly image: ImageDescriptor;
  readonly sweeps: readonly Sweep[];
}> = async ({ image, sweeps }) => {
  const divided = await divideImage(openLatest(image), sweeps);
  const buffers = divided
    .flat()
    .flatMap(({ lengths, digests }) => [lengths.buffer, digests.buffer]);
  return { result: divided, transfer: [...new Set(buffers)] as ArrayBuffer[] };
};

const cell: Task<CellInput> = async (input) => ({ result: await measureCell(input) });

const contents: Task<ImageDescriptor> = async (image) => ({
  result: await takeContents(openLatest(image)),
});

export const tasks: Readonly<Record<string, Task<never>>> = {
  open,
  cut,
  digest,
  compress,
  store,
  decompress,
  cell,
  contents,
  sweep,
};
