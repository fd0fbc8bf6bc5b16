import { join } from 'node:path';
import type { Division } from '../accounting/divide.ts';
import { divideImage, type Threads } from '../accounting/shares.ts';
import { DIGEST_BYTES } from '../accounting/window.ts';
import { Owners } from '../attribution/owners.ts';
import { describeStreams, type StreamSpans } from '../attribution/streams.ts';
import type { Dataset } from '../datasets/mod.ts';
import { fetchImage } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { resolve } from '../ids.ts';
import type { Image } from '../images/image.ts';
import { closeImage, openLatest } from '../images/open.ts';
import { makeDirectories } from '../make-directories.ts';
import { METHOD } from '../method.ts';
import { NewDirectory } from '../new-directory.ts';
import type { Progress } from '../progress.ts';
import { projectPackage } from '../project.ts';
import { createSerialiser, serialiserMembers } from '../serialisers/mod.ts';
import { checkNewDirectory } from '../targets.ts';
import { writeWhole } from '../write-whole.ts';
import { ChunkTable } from './chunk-table.ts';
import { typeOf } from './file-type.ts';
import { type ParquetFile, ParquetFormat } from './parquet-file.ts';
import { CHUNKERS, IMAGES, PATHS, PREFIX_BITS, TRACE_VERSION } from './schema.ts';

/** What is traced. */
export interface TracePlan {
  readonly dataset: Dataset;
  /** Ids in series order. */
  readonly images: readonly string[];
  /** Canonical ids. */
  readonly chunkers: readonly string[];
  /** Canonical id of what makes the streams. */
  readonly serialiser: string;
}

/** What a trace holds. */
export interface TraceCounts {
  /** Rows of `chunks`. */
  readonly chunks: number;
  /** Bytes of streams, once whatever the number of chunkers. */
  readonly streamBytes: number;
}

/** Beside the tables; a name with a leading underscore is no data to readers of hive partitions. */
export const TRACE_INFO = '_trace.json';

/**
 * Writes every chunk of every image by every chunker as Parquet, one image at a time. The rows held at once do not grow with
 * the number of images.
 *
 * @param directory new or empty; nothing is left in it where this fails
 * @throws UsageError, StorageError, or what keeps an image from being had: a trace is of all its images
 */
export async function writeTrace(
  plan: TracePlan,
  directory: string,
  threads: Threads,
  context: FetchContext,
  progress: Progress,
): Promise<TraceCounts> {
  checkNewDirectory(directory);
  const made = new NewDirectory(directory);
  made.ownAll();
  try {
    const counts = await new Trace(plan, directory, await ParquetFormat.load()).write(
      threads,
      context,
      progress,
    );
    made.finish();
    return counts;
  } catch (error) {
    made.remove();
    throw error;
  }
}

class Trace {
  readonly #plan: TracePlan;
  readonly #directory: string;
  readonly #chunks: ChunkTable;
  readonly #images: ParquetFile;
  readonly #paths: ParquetFile;
  readonly #format: ParquetFormat;
  #rows = 0;
  #streamBytes = 0;

  constructor(plan: TracePlan, directory: string, format: ParquetFormat) {
    this.#plan = plan;
    this.#directory = directory;
    this.#format = format;
    this.#chunks = new ChunkTable(join(directory, 'chunks'), format);
    this.#images = this.#table('images', IMAGES);
    this.#paths = this.#table('paths', PATHS);
  }

  async write(threads: Threads, context: FetchContext, progress: Progress): Promise<TraceCounts> {
    const { dataset, images, chunkers, serialiser } = this.#plan;
    progress.start(images.length);
    const sweeps = [{ serialiser, chunkers }];
    for (const [number, id] of images.entries()) {
      const descriptor = await fetchImage(dataset, id, context);
      const [divisions] = await divideImage(threads, descriptor, sweeps);
      const image = openLatest(descriptor);
      try {
        this.#enter(number, image, divisions!);
      } finally {
        closeImage(image);
      }
      this.#images.add([[number], [id], [descriptor.digest]]);
      context.signal?.throwIfAborted();
      progress.step(id);
    }
    this.#chunks.finish();
    this.#images.finish();
    this.#paths.finish();
    const table = this.#table('chunkers', CHUNKERS);
    table.add([[...chunkers.keys()], chunkers, chunkers.map(() => serialiser)]);
    table.finish();
    this.#writeInfo();
    return { chunks: this.#rows, streamBytes: this.#streamBytes };
  }

  #enter(number: number, image: Image, divisions: readonly Division[]): void {
    const { streams } = createSerialiser(this.#plan.serialiser).serialise(image);
    const member = resolve('serialiser', serialiserMembers, this.#plan.serialiser);
    const owners = new Owners(image, false);
    const described = describeStreams(image, member, streams, owners);
    const numbers = this.#enterPaths(number, image, owners);
    const lengths = streams.map(({ bytes }) => bytes.length);
    for (const length of lengths) this.#streamBytes += length;
    for (const [chunker, { lengths: chunks, digests }] of divisions.entries()) {
      let next = 0;
      for (const [stream, length] of lengths.entries()) {
        let [offset, place] = [0, 0];
        // An empty stream has one chunk, of no length.
        do {
          const chunk = chunks[next]!;
          const [path, layer] = placeOf(described[stream]!, offset, numbers);
          const row = { image: number, stream, place, layer, path };
          this.#chunks.add(chunker, digests, DIGEST_BYTES * next, chunk, row);
          offset += chunk;
          next++;
          place++;
        } while (offset < length);
      }
      this.#rows += next;
    }
  }

  /** Numbers by path. */
  #enterPaths(number: number, { tree }: Image, owners: Owners): ReadonlyMap<string, number> {
    const { entries } = tree;
    const all = entries.map(({ path }) => owners.at(path));
    this.#paths.add([
      new Int32Array(entries.length).fill(number),
      [...entries.keys()],
      entries.map(({ path }) => Buffer.from(path, 'latin1').toString('utf8')),
      entries.map(({ inode }) => typeOf(tree, inode)),
      all.map((owner) => owner.package ?? ''),
      all.map((owner) => owner.sourcePackage ?? ''),
      entries.map(({ inode }) => inode.size),
    ]);
    return new Map(entries.map(({ path }, index) => [path, index]));
  }

  #table(name: string, columns: typeof IMAGES): ParquetFile {
    const directory = join(this.#directory, name);
    makeDirectories(directory);
    return this.#format.create(join(directory, `${name}.parquet`), columns);
  }

  #writeInfo(): void {
    const { dataset, images, chunkers, serialiser } = this.#plan;
    const info = {
      version: TRACE_VERSION,
      ocibench: projectPackage().version,
      method: METHOD,
      dataset: `${dataset.id}@${dataset.digest}`,
      images,
      serialiser,
      chunkers,
      prefixBits: PREFIX_BITS,
      chunks: this.#rows,
      streamBytes: this.#streamBytes,
    };
    writeWhole(join(this.#directory, TRACE_INFO), `${JSON.stringify(info, undefined, 2)}\n`);
  }
}

/** Path and layer that the byte at `at` is of. */
function placeOf(
  { spans, offset }: StreamSpans,
  at: number,
  numbers: ReadonlyMap<string, number>,
): readonly [path: number, layer: number] {
  const of = spans.within(offset + at, 0)[0]?.of;
  return typeof of === 'object' ? [numbers.get(of.path) ?? -1, of.layer ?? -1] : [-1, -1];
}
