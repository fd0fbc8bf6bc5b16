import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDirectory } from '../../src/datasets/directory.ts';
import { MemorySource } from '../../src/streams/source.ts';
import { applyLayers } from '../../src/trees/layers.ts';
import { writeFile } from '../../src/write-whole.ts';
import { type Ours, packOurs } from './ours.ts';
import type { Comparison, Input, Peer, Place } from './peer.ts';
import { differingFields, type Row } from './rows.ts';
import { binary, buildGo, pinned, run } from './tools.ts';
import { compareTrees, refused } from './trees.ts';

const DRIVER = 'zstd-chunked';
/** The format of 2022. */
const PLAIN = 'layer-files|rollsum|zstd:level=3|zstd-chunked:form=plain|range';
/** Of a skippable frame. */
const HEADER = 8;

type Annotations = Readonly<Record<string, string>>;

interface Blob {
  readonly path: string;
  readonly annotations: Annotations;
  readonly rows: readonly Row[];
  /** Bytes of the frames that make the layer, and of the table as it is stored. */
  readonly frames: number;
  readonly toc: number;
  /** The tar-split data, decompressed, and its bytes as they are stored. */
  readonly tarSplit: Buffer;
  readonly storedSplit: number;
}

export const zstdChunked: Peer = {
  name: 'zstd-chunked',
  title: 'containers/storage, pkg/chunked',
  follows: ['zstd-chunked', 'rollsum'],
  version: () => pinned(DRIVER, 'go.podman.io/storage'),

  build: (place) => buildGo(place, DRIVER),

  async compare(place, { image }) {
    const ours = await packOurs(image, 'zstd-chunked', join(place.work, 'ours'));
    const own = ourBlob(ours);
    const plainForm = await packOurs(image, PLAIN, join(place.work, 'plain'));
    const [layer] = image.layers;
    if (!layer || image.layers.length > 1) throw new Error('an image of one layer is compared');
    const write = (name: string, ...words: readonly string[]): Blob => {
      const path = join(place.work, name);
      const text = run(binary(place, DRIVER), ['write', layer.tar.path, path, ...words]);
      return readBlob(path, JSON.parse(text.toString()) as Annotations);
    };
    const theirs = write('level-3', '3');
    const plain = applyLayers([new MemorySource(run('zstd', ['-dcq', theirs.path]))]);
    return [
      ...compareBlobs('level 3', theirs, own),
      ...compareBlobs('defaults: level 10', write('default'), own),
      readByTheirs(place, own, image, 'its partial pull on our blob'),
      readByTheirs(place, ourBlob(plainForm), image, 'its partial pull on our blob of form=plain'),
      compareTrees('ours on its blob', image.tree, plain),
    ];
  },
};

/** By the annotations of the layer, whatever prefix they have. */
function readBlob(path: string, annotations: Annotations): Blob {
  const numbers = (key: string): readonly number[] => {
    const name = Object.keys(annotations).find((one) => one.endsWith(`zstd-chunked.${key}`));
    return name === undefined ? [] : annotations[name]!.split(':').map(Number);
  };
  const [offset = 0, toc = 0] = numbers('manifest-position');
  const [splitOffset = 0, storedSplit = 0] = numbers('tarsplit-position');
  const bytes = readFileSync(path);
  const decompressed = (from: number, length: number): Buffer => {
    const stored = `${path}.part.zst`;
    writeFile(stored, bytes.subarray(from, from + length));
    return run('zstd', ['-dcq', stored]);
  };
  const { entries } = JSON.parse(decompressed(offset, toc).toString()) as {
    entries: readonly Row[];
  };
  const tarSplit = storedSplit > 0 ? decompressed(splitOffset, storedSplit) : Buffer.alloc(0);
  return { path, annotations, rows: entries, frames: offset - HEADER, toc, tarSplit, storedSplit };
}

function ourBlob({ directory, manifest }: Ours): Blob {
  const { digest, annotations = {} } = manifest.layers[0]!;
  return readBlob(join(directory, 'blobs/sha256', digest.slice('sha256:'.length)), annotations);
}

function compareBlobs(parameters: string, theirs: Blob, ours: Blob): readonly Comparison[] {
  const fields = differingFields(theirs.rows, ours.rows, ['name', 'type', 'chunkOffset']);
  // Where frames lie follows from the compressor.
  const isSame = fields.every((field) => /^(offset|endOffset) /.test(field));
  return [
    {
      parameters,
      what: 'rows of the table of contents, cuts among them',
      theirs: theirs.rows.length,
      ours: ours.rows.length,
      isSame,
      why: isSame ? 'every field but the offsets is equal' : `other fields: ${fields.join(', ')}`,
    },
    {
      parameters,
      what: 'bytes of the frames',
      theirs: theirs.frames,
      ours: ours.frames,
      isSame: false,
      why: isSame
        ? 'the same contents by klauspost/compress at that level, ours by libzstd 1.5.7 at level 3'
        : 'other cuts or compressor',
    },
    {
      parameters,
      what: 'bytes of the table, compressed',
      theirs: theirs.toc,
      ours: ours.toc,
      isSame: false,
      why: 'offsets and compressor',
    },
    {
      parameters,
      what: 'bytes of the tar-split data',
      theirs: theirs.tarSplit.length,
      ours: ours.tarSplit.length,
      isSame: theirs.tarSplit.equals(ours.tarSplit),
      why: `byte for byte before compression; ${theirs.storedSplit} and ${ours.storedSplit} bytes after it`,
    },
  ];
}

function readByTheirs(
  place: Place,
  { path, annotations }: Blob,
  { tree }: Input['image'],
  parameters: string,
): Comparison {
  const directory = `${path}.read`;
  const file = `${path}.annotations`;
  writeFile(file, JSON.stringify(annotations));
  try {
    run(binary(place, DRIVER), ['read', path, file, directory]);
  } catch (error) {
    return refused(parameters, tree, error);
  }
  // A directory has no names of owners, and holes are what the file system makes of them.
  const kept = { ownerNames: false, sparse: false };
  return compareTrees(parameters, tree, readDirectory(directory), kept, ['directory', 'symlink']);
}
