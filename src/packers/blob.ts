import { InputError } from '../errors.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { makeBlob, numberObjects, readLength } from './blobs.ts';
import { LENGTH_ANNOTATION, type Packer, type PackInput } from './packer.ts';

const PACK_TYPE = 'application/vnd.ocibench.pack.v1';
const OFFSET_ANNOTATION = 'org.ocibench.index.offset';
const ROOT_ANNOTATION = 'org.ocibench.root.size';

/**
 * One blob: the objects end to end, then the metadata root, then a table of everything before it, so that a client who
 * fetches the tail knows which ranges it needs. Where the tail starts is said in the manifest, as zstd:chunked does with
 * its table of contents.
 *
 *     objects │ root │ magic · counts · (digest, stored length, length) per object · (count, numbers…) per stream
 */
export const blob: Packer = {
  id: 'blob',

  pack(input) {
    const { objects, stored, root, codec } = input;
    const storedRoot = root === undefined ? new Uint8Array(0) : codec.compress(root);
    const table = writeTable(input);
    const indexOffset = stored.bytes.length;
    const bytes = new Uint8Array(indexOffset + storedRoot.length + table.length);
    bytes.set(stored.bytes);
    bytes.set(storedRoot, indexOffset);
    bytes.set(table, indexOffset + storedRoot.length);

    const offsets = new Float64Array(objects.count);
    for (let number = 1; number < objects.count; number++) {
      offsets[number] = offsets[number - 1]! + stored.lengths[number - 1]!;
    }
    const packed = makeBlob('content', PACK_TYPE, bytes, {
      [LENGTH_ANNOTATION]: String(root?.length ?? 0),
      [OFFSET_ANNOTATION]: String(indexOffset),
      [ROOT_ANNOTATION]: String(storedRoot.length),
    });
    const indexLength = bytes.length - indexOffset;
    return { loose: false, layers: [packed], placement: { offsets, indexOffset, indexLength } };
  },

  open({ layers, store, codec, readReferences }) {
    const descriptor = layers[0]!;
    const indexOffset = readLength(descriptor, OFFSET_ANNOTATION);
    const index = store.range(descriptor.digest, indexOffset, descriptor.size - indexOffset);
    const rootLength = readLength(descriptor, ROOT_ANNOTATION);
    const table = readTable(index.subarray(rootLength));
    const root =
      readReferences && codec.decompress(index.subarray(0, rootLength), readLength(descriptor));

    const places = new DigestTable(table.count);
    const offsets: number[] = [];
    let offset = 0;
    for (let number = 0; number < table.count; number++) {
      places.add(table.digests, 32 * number);
      offsets.push(offset);
      offset += table.storedLengths[number]!;
    }
    const numbered = root && readReferences ? numberObjects(readReferences(root)) : undefined;
    const objects = numbered ?? table;
    return {
      objects,
      stored: (number) => {
        const place = places.find(objects.digests, 32 * number);
        if (place < 0)
          throw new InputError('the index lacks an object', {}, 'pack the image again');
        return store.range(descriptor.digest, offsets[place]!, table.storedLengths[place]!);
      },
      streams: numbered?.streams ?? table.streams,
      root,
    };
  },
};

const MAGIC = 0x5844494942434f01n; // 'OCBIIDX' and the version, read as a little-endian number
const HEADER = 8 + 4 + 4;
const ROW = 32 + 4 + 4;

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
    throw new InputError('the pack has no index at its tail', {}, 'pack the image again');
  }
  const count = view.getUint32(8, true);
  const digests = new Uint8Array(32 * count);
  const lengths = new Float64Array(count);
  const storedLengths = new Float64Array(count);
  let at = HEADER;
  for (let number = 0; number < count; number++, at += ROW) {
    digests.set(bytes.subarray(at, at + 32), 32 * number);
    storedLengths[number] = view.getUint32(at + 32, true);
    lengths[number] = view.getUint32(at + 36, true);
  }
  const streams = Array.from({ length: view.getUint32(12, true) }, () => {
    const chunks = new Uint32Array(view.getUint32(at, true));
    at += 4;
    for (let chunk = 0; chunk < chunks.length; chunk++, at += 4) {
      chunks[chunk] = view.getUint32(at, true);
    }
    return chunks;
  });
  return { count, digests, lengths, storedLengths, streams };
}
