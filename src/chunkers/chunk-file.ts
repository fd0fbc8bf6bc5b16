import { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import { type ByteSource, MemorySource } from '../streams/source.ts';
import type { Chunker, Kernel } from './chunker.ts';
import { createFingerprint, type FingerprintName } from './fingerprint.ts';
import { createChunker } from './mod.ts';
import { checkReferenceBytes } from './reference.ts';
import { settledLengths } from './split.ts';

/** One chunk of a file as `bench chunk` prints it: bytes. */
export interface ChunkRecord {
  /** Of its first byte in the stream. */
  readonly offset: number;
  /** Of the chunk. */
  readonly length: number;
  /** Hexadecimal; absent where none was asked for. */
  readonly digest?: string;
}

/** A stream that is read once from start to end, such as standard input: blocks of any length. */
export type Blocks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Chunks of a file or a pipe in order, in one pass and bounded memory: a block and one chunk, or a block where chunks of
 * any length are cut without looking (`whole`, `fixed`). A chunker without a kernel needs the whole input in memory. Throws
 * a UsageError for a wrong id.
 */
export async function* chunkRecords(
  id: string,
  input: ByteSource | Blocks,
  digest: FingerprintName | 'none' = 'sha256',
  blockBytes: number = limits.blockBytes,
): AsyncGenerator<ChunkRecord> {
  const chunker = createChunker(id);
  const blocks = isBlocks(input) ? input : blocksOf(input, blockBytes);
  yield* digested(piecesOf(chunker, blocks, blockBytes), digest);
}

function isBlocks(input: ByteSource | Blocks): input is Blocks {
  return Symbol.asyncIterator in input || Symbol.iterator in input;
}

/** Bytes of a chunk; `ends` where they complete it. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly ends: boolean;
}

function* blocksOf(source: ByteSource, blockBytes: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(blockBytes, source.length));
  for (let offset = 0; offset < source.length; offset += buffer.length) {
    const block = buffer.subarray(0, Math.min(buffer.length, source.length - offset));
    source.read(offset, block);
    yield block;
  }
}

function piecesOf(chunker: Chunker, blocks: Blocks, blockBytes: number): AsyncIterable<Piece> {
  const { kernel, isUniform, longest } = chunker.algorithm!;
  if (kernel) return contentPieces(kernel, blocks, blockBytes);
  return isUniform ? equalPieces(longest, blocks) : referencePieces(chunker, blocks);
}

async function* referencePieces(chunker: Chunker, blocks: Blocks): AsyncGenerator<Piece> {
  const copies: Uint8Array[] = [];
  let read = 0;
  for await (const block of blocks) {
    read += block.length;
    checkReferenceBytes(read);
    copies.push(block.slice());
  }
  const bytes = new Uint8Array(Buffer.concat(copies));
  let offset = 0;
  for (const length of chunker.lengths(new MemorySource(bytes))) {
    yield { bytes: bytes.subarray(offset, offset + length), ends: true };
    offset += length;
  }
}

async function* contentPieces(
  kernel: Kernel,
  blocks: Blocks,
  blockBytes: number,
): AsyncGenerator<Piece> {
  // A pipe delivers small blocks: they are collected, so that a chunk near the reach is not looked at over and over.
  const { behind = 0, reach } = kernel;
  const window = new Uint8Array(behind + reach + blockBytes);
  let held = behind;
  for await (let block of blocks) {
    while (block.length > 0) {
      const part = block.subarray(0, window.length - held);
      window.set(part, held);
      held += part.length;
      block = block.subarray(part.length);
      if (held < window.length) break;
      const settled = yield* cutPieces(kernel, window, false);
      window.copyWithin(0, settled);
      held -= settled;
    }
  }
  yield* cutPieces(kernel, window.subarray(0, held), true);
}

function* cutPieces(kernel: Kernel, bytes: Uint8Array, last: boolean): Generator<Piece, number> {
  const { behind = 0 } = kernel;
  let offset = behind;
  for (const length of settledLengths(kernel, bytes, last)) {
    yield { bytes: bytes.subarray(offset, offset + length), ends: true };
    offset += length;
  }
  return offset - behind;
}

async function* equalPieces(length: number, blocks: Blocks): AsyncGenerator<Piece> {
  let pending = 0;
  for await (let block of blocks) {
    while (block.length > 0) {
      const bytes = block.subarray(0, Math.min(length - pending, block.length));
      block = block.subarray(bytes.length);
      pending += bytes.length;
      yield { bytes, ends: pending === length };
      if (pending === length) pending = 0;
    }
  }
  if (pending > 0) yield { bytes: new Uint8Array(0), ends: true };
}

async function* digested(
  pieces: AsyncIterable<Piece>,
  name: FingerprintName | 'none',
): AsyncGenerator<ChunkRecord> {
  const fingerprint = name === 'none' ? undefined : await createFingerprint(name);
  let offset = 0;
  let length = 0;
  for await (const { bytes, ends } of pieces) {
    fingerprint?.update(bytes);
    length += bytes.length;
    if (!ends) continue;
    const record = { offset, length };
    yield fingerprint
      ? { ...record, digest: Buffer.from(fingerprint.digest()).toString('hex') }
      : record;
    offset += length;
    length = 0;
  }
}
