import { createHash } from 'node:crypto';
import type { Codec } from '../codecs/codec.ts';
import { InputError } from '../errors.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { verifyDigest } from '../objects/work.ts';
import type { StreamReference } from '../serialisers/serialiser.ts';
import {
  type AnnotatedDescriptor,
  type Blob,
  LENGTH_ANNOTATION,
  type PackInput,
} from './packer.ts';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function makeBlob(
  role: Blob['role'],
  mediaType: string,
  bytes: Uint8Array,
  annotations?: Readonly<Record<string, string>>,
): Blob {
  const descriptor = {
    mediaType,
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.length,
    ...(annotations ? { annotations } : {}),
  };
  return { role, bytes, descriptor };
}

/** Number annotation of a descriptor. */
export function readLength(
  descriptor: AnnotatedDescriptor,
  name: string = LENGTH_ANNOTATION,
): number {
  const text = descriptor.annotations?.[name] ?? '';
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InputError(
    `blob ${descriptor.digest} has no annotation ${name}`,
    {},
    'it was not packed by ocibench: pack the image again',
  );
}

/** Where each of several pieces laid end to end starts: bytes. */
export function startsOf(lengths: Float64Array): Float64Array {
  const starts = new Float64Array(lengths.length);
  for (let index = 1; index < lengths.length; index++) {
    starts[index] = starts[index - 1]! + lengths[index - 1]!;
  }
  return starts;
}

/** Stored bytes of each object in turn, as views. */
export function* eachStored(input: PackInput): Generator<Uint8Array> {
  let offset = 0;
  for (const length of input.stored.lengths) {
    yield input.stored.bytes.subarray(offset, offset + length);
    offset += length;
  }
}

/** Content of one object, checked against its digest. @param length of the content: bytes */
export function openObject(
  stored: Uint8Array,
  digest: Uint8Array,
  length: number,
  codec: Codec,
): Uint8Array {
  const content = codec.decompress(stored, length);
  verifyDigest(content, digest);
  return content;
}

/** The distinct objects behind stream references, numbered in order of first appearance. */
export function numberObjects(references: readonly StreamReference[]): {
  readonly digests: Uint8Array;
  readonly lengths: Float64Array;
  readonly count: number;
  readonly streams: readonly Uint32Array[];
} {
  const table = new DigestTable();
  const lengths: number[] = [];
  const streams = references.map(({ chunks }) =>
    Uint32Array.from(chunks, ({ digest, length }) => {
      const number = table.add(digest);
      lengths[number] = length;
      return number;
    }),
  );
  return {
    streams,
    count: table.count,
    digests: table.digests.slice(),
    lengths: Float64Array.from(lengths),
  };
}
