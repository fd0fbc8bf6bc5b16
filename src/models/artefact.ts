import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  errorCode,
  InputError,
  storageError,
  UnavailableError,
  UsageError,
  VerificationError,
  writeError,
} from '../errors.ts';
import type { Image } from '../images/image.ts';
import { NewDirectory } from '../new-directory.ts';
import type { Executor } from '../objects/executor.ts';
import { objectPath } from '../objects/store.ts';
import { sha256 } from '../packers/blobs.ts';
import { blobsOf, MANIFEST_TYPE, type Packed, type Store } from '../packers/packer.ts';
import { partOf } from '../packers/store.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, FileSource, piecesInTurn, readAll } from '../streams/source.ts';
import { writeFile, writeWhole } from '../write-whole.ts';
import type { Model } from './model.ts';

/**
 * A packed image on disk: an OCI image layout (image-spec, image-layout.md), and where the model keeps loose objects a
 * casync chunk store beside it (`objects/1234/1234….cacnk`).
 */
const OBJECTS = 'objects';

const WRITTEN_BY_PACK = 'name a directory that `bench pack` wrote';

/** @param directory must hold no image. A failure leaves nothing of it there. */
export async function writeArtefact(
  packed: Packed,
  directory: string,
  executor: Executor,
): Promise<void> {
  await fill(directory, async (layout) => {
    layout.begin(packed.output.loose);
    await layout.write(packed, 0, executor);
  });
}

/** Packs an image and writes it as {@link writeArtefact} does; loose objects as they are made, where the model lets them. */
export async function packArtefact(
  model: Model,
  image: Image,
  directory: string,
  executor: Executor,
): Promise<Packed> {
  if (!model.isStoredAtOnce) {
    const packed = await model.pack(image, executor);
    await writeArtefact(packed, directory, executor);
    return packed;
  }
  return fill(directory, async (layout) => {
    const objects = layout.begin(true)!;
    let count = 0;
    const packed = await model.pack(image, {
      ...executor,
      async pack(source, lengths, codec) {
        const stored = await executor.pack(source, lengths, codec, objects);
        count = stored.objects.count;
        return stored;
      },
    });
    await layout.write(packed, count, executor);
    return packed;
  });
}

async function fill<Result>(
  directory: string,
  work: (layout: LayoutWriter) => Promise<Result>,
): Promise<Result> {
  const made = new NewDirectory(directory);
  if (made.isNew) made.ownAll();
  try {
    const result = await work(new LayoutWriter(directory, made));
    made.finish();
    return result;
  } catch (error) {
    made.remove();
    throw writeError(error, directory);
  }
}

class LayoutWriter {
  readonly #directory: string;
  readonly #made: NewDirectory;

  constructor(directory: string, made: NewDirectory) {
    this.#directory = directory;
    this.#made = made;
  }

  /** Makes the directory of loose objects, and returns it, where there are such. Throws a UsageError where something is there. */
  begin(isLoose: boolean): string | undefined {
    for (const name of ['index.json', 'blobs', ...(isLoose ? [OBJECTS] : [])]) {
      if (!existsSync(this.#place(name))) continue;
      const what =
        name === 'index.json' ? 'an image' : `'${name}', perhaps of one that was interrupted,`;
      throw new UsageError(`${this.#directory} holds ${what} already`, {}, 'name a new directory');
    }
    return isLoose ? this.#make(OBJECTS) : undefined;
  }

  /** @param stored how many of the objects are in place */
  async write(packed: Packed, stored: number, executor: Executor): Promise<void> {
    const blobs = join(this.#make('blobs'), 'sha256');
    mkdirSync(blobs);
    for (const { descriptor, bytes } of blobsOf(packed)) {
      writeFile(join(blobs, descriptor.digest.slice('sha256:'.length)), piecesInTurn(bytes));
    }
    const digest = sha256(packed.manifest);
    writeFile(join(blobs, digest), packed.manifest);
    if (packed.output.loose) await this.#store(packed, stored, executor);
    const manifest = {
      mediaType: MANIFEST_TYPE,
      digest: `sha256:${digest}`,
      size: packed.manifest.length,
      // Tools such as umoci find an image by this name only.
      annotations: { 'org.opencontainers.image.ref.name': 'latest' },
    };
    this.#made.own(this.#place('oci-layout'));
    writeFile(this.#place('oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    const index = { schemaVersion: 2, manifests: [manifest] };
    // Last: where it is, everything it leads to is.
    writeWhole(this.#place('index.json'), JSON.stringify(index));
  }

  async #store({ objects, stored }: Packed, from: number, executor: Executor): Promise<void> {
    if (from === objects.count) return;
    const start = stored.lengths.subarray(0, from).reduce((sum, length) => sum + length, 0);
    // The objects of a divided root come behind those of the content.
    await executor.store(this.#place(OBJECTS), objects.digests.slice(32 * from), {
      bytes: new Rope().append(stored.bytes, start),
      lengths: stored.lengths.slice(from),
    });
  }

  #make(name: string): string {
    const place = this.#place(name);
    mkdirSync(place);
    this.#made.own(place);
    return place;
  }

  #place(name: string): string {
    return join(this.#directory, name);
  }
}

/** Opens what {@link writeArtefact} wrote. Blobs are checked against their digests when read whole. */
export function openArtefact(directory: string): {
  readonly manifest: Uint8Array;
  readonly store: Store;
} {
  const store = directoryStore(directory);
  const path = join(directory, 'index.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
    if (!isMissing || !existsSync(directory)) throw storageError(error, directory);
    throw new InputError(`${directory} holds no packed image`, {}, WRITTEN_BY_PACK);
  }
  const digest = readFirstManifest(text, path);
  return { manifest: readAll(store.blob(digest)), store };
}

function readFirstManifest(text: string, file: string): string {
  try {
    const index = JSON.parse(text) as { manifests?: readonly { digest?: unknown }[] };
    const digest = index.manifests?.[0]?.digest;
    if (typeof digest === 'string') return digest;
  } catch (cause) {
    throw new InputError('index.json is not JSON', { file }, WRITTEN_BY_PACK, { cause });
  }
  throw new InputError('index.json names no manifest', { file }, WRITTEN_BY_PACK);
}

function directoryStore(directory: string): Store {
  const blobPath = (digest: string): string => {
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
      throw new InputError(`illegal digest '${digest}'`, { file: directory });
    }
    return join(directory, 'blobs', 'sha256', digest.slice('sha256:'.length));
  };
  return {
    blob(digest) {
      const path = blobPath(digest);
      const bytes = open(path);
      const actual = `sha256:${sha256(bytes)}`;
      if (actual === digest) return bytes;
      throw new VerificationError(
        `blob is ${actual}`,
        { file: path },
        'the store is damaged: pack again',
      );
    },
    range(digest, offset, length) {
      const path = blobPath(digest);
      return partOf(open(path), offset, length, { file: path });
    },
    object: (name) => open(objectPath(join(directory, OBJECTS), name)),
  };
}

function open(path: string): ByteSource {
  try {
    return new FileSource(path);
  } catch (error) {
    const { cause } = error as { readonly cause?: unknown };
    if (errorCode(cause) !== 'ENOENT') throw error;
    throw new UnavailableError('the store lacks a blob', { file: path }, 'pack the image again', {
      cause,
    });
  }
}
