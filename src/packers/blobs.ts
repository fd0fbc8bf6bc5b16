import { createHash } from 'node:crypto';
import type { Codec } from '../codecs/codec.ts';
import { InputError } from '../errors.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { verifyDigest } from '../objects/work.ts';
import type { StreamReference } from '../serialisers/serialiser.ts';
import {
  type AnnotatedDescriptor,
  type Blob,
  DIGEST_ANNOTATION,
  LENGTH_ANNOTATION,
  type Opened,
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
export function* eachStored({ stored }: Pick<PackInput, 'stored'>): Generator<Uint8Array> {
  let offset = 0;
  for (const length of stored.lengths) {
    yield stored.bytes.subarray(offset, offset + length);
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

/** sha256 of an object's content, hexadecimal. */
export function digestAt({ digests }: { readonly digests: Uint8Array }, number: number): string {
  return Buffer.from(digests.subarray(32 * number, 32 * number + 32)).toString('hex');
}

/** Every layer as one object, by its annotations. @param read the compressed layer */
export function openLayers(
  descriptors: readonly AnnotatedDescriptor[],
  read: (descriptor: AnnotatedDescriptor) => Uint8Array,
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
