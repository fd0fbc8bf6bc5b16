import { InputError } from '../errors.ts';
import { DigestTable } from '../objects/digest-table.ts';
import type { ByteSource } from '../streams/source.ts';
import { numberObjects, openObject, readLength } from './blobs.ts';
import {
  type AnnotatedDescriptor,
  LENGTH_ANNOTATION,
  type Opened,
  type OpenInput,
  type PackInput,
} from './packer.ts';

/**
 * The index of objects that lie end to end, whether at the tail of their blob or in a blob of its own:
 *
 *     root │ magic · counts · (digest, stored length, length) per object · (count, numbers…) per stream
 */
const ROOT_ANNOTATION = 'org.ocibench.root.size';
const MAGIC = 0x5844494942434f01n; // 'OCBIIDX' and the version, read as a little-endian number
const HEADER = 8 + 4 + 4;
const ROW = 32 + 4 + 4;

/** The index, and the annotations that its descriptor needs; with `more` of the blob that it becomes a part of. */
export function writeIndex(
  input: PackInput,
  more: Readonly<Record<string, string>> = {},
): {
  readonly bytes: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
} {
  const { root, codec } = input;
  const storedRoot = root === undefined ? new Uint8Array(0) : codec.compress(root);
  const table = writeTable(input);
  const bytes = new Uint8Array(storedRoot.length + table.length);
  bytes.set(storedRoot);
  bytes.set(table, storedRoot.length);
  const annotations = {
    [LENGTH_ANNOTATION]: String(root?.length ?? 0),
    ...more,
    [ROOT_ANNOTATION]: String(storedRoot.length),
  };
  return { bytes, annotations };
}

/**
 * Opens what {@link writeIndex} wrote.
 *
 * @param descriptor of the blob that carries the annotations
 * @param read stored bytes at an offset among all objects laid end to end
 */
export function openIndex(
  index: Uint8Array,
  descriptor: AnnotatedDescriptor,
  { codec, openRoot }: OpenInput,
  read: (offset: number, length: number) => ByteSource,
): Opened {
  const rootLength = readLength(descriptor, ROOT_ANNOTATION);
  const table = readTable(index.subarray(rootLength));
  const places = new DigestTable(table.count);
  const offsets: number[] = [];
  let offset = 0;
  for (let number = 0; number < table.count; number++) {
    places.add(table.digests, 32 * number);
    offsets.push(offset);
    offset += table.storedLengths[number]!;
  }
  const locate = (digests: Uint8Array, number: number): ByteSource => {
    const place = places.find(digests, 32 * number);
    if (place < 0) throw new InputError('the index lacks an object', {}, 'pack the image again');
    return read(offsets[place]!, table.storedLengths[place]!);
  };
  const opened = openRoot?.(
    codec.decompress(index.subarray(0, rootLength), readLength(descriptor)),
    (digest, length) => openObject(locate(digest, 0), digest, length, codec),
  );
  const numbered = opened && numberObjects(opened.references);
  const objects = numbered ?? table;
  return {
    objects,
    stored: (number) => locate(objects.digests, number),
    streams: numbered?.streams ?? table.streams,
    root: opened?.root,
  };
}

/** Length of the root in an index of so many objects, as it is stored: bytes. Only of an index that has a root. */
export function storedRootLength(indexLength: number, objects: number): number {
  return indexLength - HEADER - ROW * objects;
}

function writeTable(input: PackInput): Uint8Array {
  const { objects, stored, root } = input;
  // A metadata root repeats the sequence of every stream; without one the table must give it.
  const streams = root === undefined ? input.streams : [];
  const size = streams.reduce((sum, stream) => sum + 4 + 4 * stream.objects.length, 0);
  const bytes = new Uint8Array(HEADER + ROW * objects.count + size);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, MAGIC, true);
  view.setUint32(8, objects.count, true);
  view.setUint32(12, streams.length, true);
  let at = HEADER;
  for (let number = 0; number < objects.count; number++, at += ROW) {
    bytes.set(objects.digests.subarray(32 * number, 32 * number + 32), at);
    view.setUint32(at + 32, stored.lengths[number]!, true);
    view.setUint32(at + 36, objects.lengths[number]!, true);
  }
  for (const stream of streams) {
    view.setUint32(at, stream.objects.length, true);
    at += 4;
    for (const number of stream.objects) {
      view.setUint32(at, number, true);
      at += 4;
    }
  }
  return bytes;
}

interface Table {
  readonly count: number;
  readonly digests: Uint8Array;
  readonly lengths: Float64Array;
  readonly storedLengths: Float64Array;
  readonly streams: readonly Uint32Array[];
}

function readTable(bytes: Uint8Array): Table {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < HEADER || view.getBigUint64(0, true) !== MAGIC) {
    throw new InputError('there is no index here', {}, 'pack the image again');
  }
  const count = view.getUint32(8, true);
  /** Nothing is allocated for what the bytes cannot hold. */
  const need = (size: number): void => {
    if (at + size <= bytes.length) return;
    throw new InputError('the index ends early', { offset: at }, 'pack the image again');
  };
  let at = HEADER;
  need(ROW * count);
  const digests = new Uint8Array(32 * count);
  const lengths = new Float64Array(count);
  const storedLengths = new Float64Array(count);
  for (let number = 0; number < count; number++, at += ROW) {
    digests.set(bytes.subarray(at, at + 32), 32 * number);
    storedLengths[number] = view.getUint32(at + 32, true);
    lengths[number] = view.getUint32(at + 36, true);
  }
  const streamCount = view.getUint32(12, true);
  need(4 * streamCount);
  const streams = Array.from({ length: streamCount }, () => {
    need(4);
    const length = view.getUint32(at, true);
    at += 4;
    need(4 * length);
    const chunks = new Uint32Array(length);
    for (let chunk = 0; chunk < length; chunk++, at += 4) {
      chunks[chunk] = view.getUint32(at, true);
      if (chunks[chunk]! < count) continue;
      throw new InputError(`there is no object ${chunks[chunk]}`, { offset: at }, 'pack again');
    }
    return chunks;
  });
  return { count, digests, lengths, storedLengths, streams };
}
