import { createReadStream, existsSync, type ReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Compression, decompressStream } from '../codecs/read.ts';
import { BenchError, InputError, storageError } from '../errors.ts';
import { type Files, fileCompression, normal, withFiles } from '../images/files.ts';
import { limits } from '../limits.ts';
import { readAll } from '../streams/source.ts';
import { type Header, readHeader, roundUp } from '../trees/header.ts';
import { isBodiless } from '../trees/typeflags.ts';
import { isDockerArchive, isSavedList } from './docker-archive.ts';
import { isTelling, SavedSigns } from './saved-signs.ts';

export type Kind = 'docker-archive' | 'oci-layout' | 'rootfs';

const BLOCK = 512;
/** Of a tar that is not compressed, what is read before all of it is listed: bytes. */
const BEGINNING = 1 << 20;

/** Directories that begin every root file system, and no archive of images. */
const ROOT =
  /^(bin|boot|dev|etc|home|lib|lib32|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(\/|$)/;

/**
 * What lies there, by its content: layout, archive of docker save (also one whose list is damaged), root file system. What
 * cannot be read is told when it is fetched.
 */
export async function kindOfPath(path: string): Promise<Kind> {
  try {
    if (statSync(path).isDirectory()) {
      const names = ['oci-layout', 'manifest.json'];
      return names.some((name) => existsSync(join(path, name)))
        ? await kindOfFiles(path)
        : 'rootfs';
    }
    const compression = fileCompression(path);
    if (compression !== 'none') {
      const kind = await kindInside(path, createReadStream(path), compression);
      return kind === 'unlisted' ? 'docker-archive' : (kind ?? 'rootfs');
    }
    // Listing all of it reads every header, which opening the image does again.
    const beginning = createReadStream(path, { end: BEGINNING - 1 });
    const kind = await kindInside(path, beginning, 'none');
    // What follows may list the images of docker save, which come first, or be a root file system.
    return kind === 'docker-archive' || kind === 'rootfs' ? kind : await kindOfFiles(path);
  } catch (error) {
    if (error instanceof InputError) return 'rootfs';
    throw storageError(error, path);
  }
}

function kindOfFiles(path: string): Promise<Kind> {
  return withFiles(path, async (files) => {
    if (isDockerArchive(files)) return 'docker-archive';
    if (files.has('oci-layout')) return 'oci-layout';
    return isUnlisted(files) ? 'docker-archive' : 'rootfs';
  });
}

function isUnlisted(files: Files): boolean {
  if (!files.has('manifest.json')) return false;
  const signs = new SavedSigns();
  for (const name of files.names()) {
    if (ROOT.test(name)) return false;
    signs.see(name, isTelling(name) ? smallContent(files, name) : undefined);
  }
  return signs.areThere;
}

function smallContent(files: Files, name: string): Uint8Array | undefined {
  try {
    const source = files.open(name);
    return source.length <= limits.manifestBytes ? readAll(source) : undefined;
  } catch (error) {
    // A directory, or a link that leads nowhere.
    if (error instanceof BenchError) return undefined;
    throw error;
  }
}

/**
 * Reads a tar only as far as it must, and keeps nothing: most are root file systems. undefined where nothing there tells;
 * `unlisted` where it holds saved images, and no list of them.
 */
async function kindInside(
  path: string,
  file: ReadStream,
  compression: Compression,
): Promise<Kind | 'unlisted' | undefined> {
  const bytes = decompressStream(file, compression, { file: path });
  const input = new BlockInput(bytes);
  const signs = new SavedSigns();
  let kind: Kind | undefined;
  try {
    for await (const { header, content } of members(input, path)) {
      const name = normal(header.path);
      if (name === 'oci-layout') kind = 'oci-layout';
      if (ROOT.test(name)) return kind ?? 'rootfs';
      if (content && name === 'manifest.json' && isSavedList(content)) return 'docker-archive';
      signs.see(name, content);
    }
    return kind ?? (signs.areThere ? 'unlisted' : undefined);
  } finally {
    await bytes.return?.(undefined);
  }
}

interface Member {
  readonly header: Header;
  /** Of what tells something. */
  readonly content?: Uint8Array;
}

async function* members(input: BlockInput, file: string): AsyncGenerator<Member> {
  let size: number | undefined;
  for (;;) {
    const block = await input.take(BLOCK);
    const header = block && readHeader(block, { file });
    if (!header) return;
    const isExtended = 'xgLK'.includes(header.type);
    const length = (isExtended ? undefined : size) ?? header.size;
    const hasContent = isExtended || !isBodiless(header.type);
    const isWanted = header.type === 'x' || isTelling(normal(header.path));
    const isRead = hasContent && isWanted && length <= limits.manifestBytes;
    const content = isRead ? (await input.take(roundUp(length)))?.subarray(0, length) : undefined;
    if (hasContent && !isRead) await input.skip(roundUp(length));
    if (header.type === 'x' && content) size = statedSize(content) ?? size;
    if (isExtended) continue;
    size = undefined;
    yield content ? { header, content } : { header };
  }
}

/** A PAX size counts for the next entry: layers may be longer than a header can say. */
function statedSize(records: Uint8Array): number | undefined {
  const found = /(?:^|\n)\d+ size=(\d+)\n/.exec(Buffer.from(records).toString('latin1'));
  return found ? Number(found[1]) : undefined;
}

/** Takes a stream apart. */
class BlockInput {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** undefined where there are fewer. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    for (let missing = length; missing > 0; ) {
      if (!(await this.#fill())) return undefined;
      const part = this.#rest.subarray(0, missing);
      // The decoder may use its memory again.
      parts.push(part.slice());
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    for (let missing = length; missing > 0 && (await this.#fill()); ) {
      const step = Math.min(missing, this.#rest.length);
      this.#rest = this.#rest.subarray(step);
      missing -= step;
    }
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return false;
      this.#rest = value;
    }
    return true;
  }
}
