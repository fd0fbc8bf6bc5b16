import { Builder, ByteBuffer, Encoding } from 'flatbuffers';
import { VerificationError } from '../errors.ts';
import { BUILD_TOOL } from './soci-index.ts';
import { printTime, TOC_TYPES } from './toc.ts';
import type { ListedFile } from './ztoc-files.ts';
import type { Compression } from './ztoc-spans.ts';

/**
 * A zTOC as SOCI keeps it: a FlatBuffer (awslabs/soci-snapshotter, ztoc/fbs/ztoc.fbs). Fields are numbered in the order of
 * that schema, and written in the order of that program, so that the bytes are as many as its own.
 */
export interface Ztoc {
  /** Length of the layer as it is stored, and of its archive as far as readers read: bytes. */
  readonly storedBytes: number;
  readonly archiveBytes: number;
  readonly files: readonly ListedFile[];
  readonly compression: Compression;
  /** Of the spans as they are stored, `sha256:…`. */
  readonly digests: readonly string[];
  /** What it takes to read them: see ztoc-spans.ts. */
  readonly checkpoints: Uint8Array;
}

const VERSION = '0.9';
const PLAIN_VERSION = 2;
/** Values of the schema's enumeration; the first is what a file without one means. */
const ALGORITHMS: readonly Compression[] = ['gzip', 'uncompressed'];

export function writeZtoc(ztoc: Ztoc): Uint8Array {
  const builder = new Builder(ztoc.checkpoints.length + 512 * ztoc.files.length);
  const version = builder.createString(VERSION);
  const tool = builder.createString(BUILD_TOOL);
  // From the last to the first, as the program does.
  const files = ztoc.files
    .toReversed()
    .map((file) => writeFile(builder, file))
    .reverse();
  const list = writeVector(builder, files);
  builder.startObject(1);
  builder.addFieldOffset(0, list, 0);
  const toc = builder.endObject();

  const checkpoints = builder.createByteVector(ztoc.checkpoints);
  const digests = writeVector(
    builder,
    ztoc.digests.map((digest) => builder.createString(digest)),
  );
  builder.startObject(4);
  builder.addFieldInt32(1, ztoc.digests.length - 1, 0);
  builder.addFieldOffset(2, digests, 0);
  builder.addFieldOffset(3, checkpoints, 0);
  builder.addFieldInt8(0, 1 + ALGORITHMS.indexOf(ztoc.compression), 1);
  const info = builder.endObject();

  builder.startObject(6);
  builder.addFieldOffset(0, version, 0);
  builder.addFieldOffset(1, tool, 0);
  builder.addFieldOffset(4, toc, 0);
  builder.addFieldInt64(2, BigInt(ztoc.storedBytes), 0n);
  builder.addFieldInt64(3, BigInt(ztoc.archiveBytes), 0n);
  builder.addFieldOffset(5, info, 0);
  builder.finish(builder.endObject());
  return builder.asUint8Array().slice();
}

function writeFile(builder: Builder, { entry, contentOffset, records }: ListedFile): number {
  const text = (latin1: string): number => builder.createString(Buffer.from(latin1, 'latin1'));
  const name = text(entry.path);
  const type = text(TOC_TYPES[entry.type]);
  const linkTarget = text(entry.linkTarget);
  const userName = text(entry.userName);
  const groupName = text(entry.groupName);
  const mtime = text(printTime(entry.mtime));
  const pairs = [...records]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([keyword, value]) => {
      const key = text(keyword);
      const content = text(value);
      builder.startObject(2);
      builder.addFieldOffset(0, key, 0);
      builder.addFieldOffset(1, content, 0);
      return builder.endObject();
    });
  const pax = writeVector(builder, pairs);
  builder.startObject(14);
  builder.addFieldOffset(0, name, 0);
  builder.addFieldOffset(1, type, 0);
  builder.addFieldInt64(2, BigInt(contentOffset), 0n);
  builder.addFieldInt64(3, BigInt(entry.size), 0n);
  builder.addFieldOffset(4, linkTarget, 0);
  builder.addFieldInt64(5, BigInt(entry.mode), 0n);
  builder.addFieldInt32(6, entry.uid, 0);
  builder.addFieldInt32(7, entry.gid, 0);
  builder.addFieldOffset(8, userName, 0);
  builder.addFieldOffset(9, groupName, 0);
  builder.addFieldOffset(10, mtime, 0);
  builder.addFieldInt64(11, BigInt(entry.major), 0n);
  builder.addFieldInt64(12, BigInt(entry.minor), 0n);
  builder.addFieldOffset(13, pax, 0);
  return builder.endObject();
}

function writeVector(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.toReversed()) builder.addOffset(offset);
  return builder.endVector();
}

/** What of a zTOC it takes to read its layer. Throws a VerificationError where the bytes are none. */
export function readZtoc(bytes: Uint8Array): Pick<Ztoc, 'compression' | 'digests' | 'checkpoints'> {
  try {
    const buffer = new ByteBuffer(bytes);
    const root = buffer.readInt32(0);
    const info = buffer.__indirect(fieldAt(buffer, root, 5)!);
    const digests = fieldAt(buffer, info, 2)!;
    const checkpoints = fieldAt(buffer, info, 3)!;
    const algorithm = fieldAt(buffer, info, 0);
    const first = buffer.__vector(checkpoints);
    const count = buffer.__vector_len(digests);
    const compression = ALGORITHMS[algorithm === undefined ? 0 : buffer.readInt8(algorithm) - 1];
    if (compression === undefined || !(4 * count <= bytes.length))
      throw new RangeError('no fields');
    return {
      compression,
      digests: Array.from({ length: count }, (_, number) => {
        const at = buffer.__vector(digests) + 4 * number;
        return Buffer.from(buffer.__string(at, Encoding.UTF8_BYTES) as Uint8Array).toString();
      }),
      checkpoints: bytes.subarray(first, first + buffer.__vector_len(checkpoints)),
    };
  } catch (cause) {
    throw new VerificationError('no zTOC is here', {}, 'the store is damaged: pack again', {
      cause,
    });
  }
}

/** What stands for checkpoints where nothing is compressed (ztoc/compression/fbs/zinfo.fbs). @param size of a span */
export function writePlainSpan(size: number, storedBytes: number): Uint8Array {
  const builder = new Builder(64);
  builder.startObject(3);
  builder.addFieldInt32(0, PLAIN_VERSION, 0);
  builder.addFieldInt64(1, BigInt(size), 0n);
  builder.addFieldInt64(2, BigInt(storedBytes), 0n);
  builder.finish(builder.endObject());
  return builder.asUint8Array().slice();
}

/** Bytes of a span. */
export function readPlainSpan(bytes: Uint8Array): number {
  const buffer = new ByteBuffer(bytes);
  const at = fieldAt(buffer, buffer.readInt32(0), 1);
  const size = at === undefined ? 0 : Number(buffer.readInt64(at));
  if (size > 0) return size;
  throw new VerificationError(`spans of ${size} bytes`, {}, 'the store is damaged: pack again');
}

/** Where the field of this number lies; undefined where it has its default value. */
function fieldAt(buffer: ByteBuffer, table: number, field: number): number | undefined {
  const offset = buffer.__offset(table, 4 + 2 * field);
  return offset === 0 ? undefined : table + offset;
}
