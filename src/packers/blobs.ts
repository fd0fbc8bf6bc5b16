import { createHash } from 'node:crypto';
import type { Codec } from '../codecs/codec.ts';
import { InputError } from '../errors.ts';
import { verifyDigest } from '../objects/content-digest.ts';
import { DigestTable } from '../objects/digest-table.ts';
import type { StreamReference } from '../serialisers/serialiser.ts';
import { Part } from '../streams/part.ts';
import { type ByteSource, hashSource, MemorySource, readAll } from '../streams/source.ts';
import {
  type AnnotatedDescriptor,
  type Blob,
  DIGEST_ANNOTATION,
  LENGTH_ANNOTATION,
  type Opened,
  type PackInput,
} from './packer.ts';

/** Hexadecimal. */
export function sha256(content: Uint8Array | ByteSource): string {
  const hash = createHash('sha256');
  if (content instanceof Uint8Array) hash.update(content);
  else hashSource(content, hash);
  return hash.digest('hex');
}

/** @param digest sha256 of the content, hexadecimal, where it is known */
export function makeBlob(
  role: Blob['role'],
  mediaType: string,
  content: Uint8Array | ByteSource,
  annotations?: Readonly<Record<string, string>>,
  digest: string = sha256(content),
): Blob {
  const descriptor = {
    mediaType,
    digest: `sha256:${digest}`,
    size: content.length,
    ...(annotations ? { annotations } : {}),
  };
  const bytes = content instanceof Uint8Array ? new MemorySource(content) : content;
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

/** Stored bytes of each object in turn, where they lie. */
export function* eachStored({ stored }: Pick<PackInput, 'stored'>): Generator<ByteSource> {
  let offset = 0;
  for (const length of stored.lengths) {
    yield new Part(stored.bytes, offset, length);
    offset += length;
  }
}

/** Content of one object, checked against its digest. @param length of the content: bytes */
export function openObject(
  stored: ByteSource,
  digest: Uint8Array,
  length: number,
  codec: Codec,
): Uint8Array {
  const content = codec.decompress(readAll(stored), length);
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
  // One column for all: an array of its own for each of a million files takes a quarter of a GiB.
  const all = new Uint32Array(references.reduce((sum, { chunks }) => sum + chunks.length, 0));
  let next = 0;
  const streams = references.map(({ chunks }) => {
    const start = next;
    for (const { digest, length } of chunks) {
      const number = table.add(digest);
      lengths[number] = length;
      all[next++] = number;
    }
    return all.subarray(start, next);
  });
  return {
    streams,
    count: table.count,
    digests: table.digests.slice(),
    lengths: Float64Array.from(lengths),
  };
}

/** sha256 of an object's content, hexadecimal. */
export function digestAt({ digests }: { readonly digests: Uint8Array }, number: number): string {
  return Buffer.from(digests.subarray(32 * number, 32 * number + 32)).toString('hex');
}

/** Every layer as one object, by its annotations. @param read the compressed layer */
export function openLayers(
  descriptors: readonly AnnotatedDescriptor[],
  read: (descriptor: AnnotatedDescriptor) => ByteSource,
): Opened {
  const digests = new Uint8Array(32 * descriptors.length);
  for (const [index, descriptor] of descriptors.entries()) {
    const digest = descriptor.annotations?.[DIGEST_ANNOTATION] ?? '';
    if (!/^[0-9a-f]{64}$/.test(digest)) {
      throw new InputError(`layer ${descriptor.digest} has no ${DIGEST_ANNOTATION}`);
    }
    digests.set(Buffer.from(digest, 'hex'), 32 * index);
  }
  return {
    objects: {
      count: descriptors.length,
      digests,
      lengths: Float64Array.from(descriptors, (descriptor) => readLength(descriptor)),
    },
    stored: (number) => read(descriptors[number]!),
    streams: descriptors.map((_, index) => Uint32Array.of(index)),
    root: undefined,
  };
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
