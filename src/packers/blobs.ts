import { createHash } from 'node:crypto';
import { InputError } from '../errors.ts';
import { DigestTable } from '../objects/digest-table.ts';
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

/** Stored bytes of each object in turn, as views. */
export function* eachStored(input: PackInput): Generator<Uint8Array> {
  let offset = 0;
  for (const length of input.stored.lengths) {
    yield input.stored.bytes.subarray(offset, offset + length);
    offset += length;
  }
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
