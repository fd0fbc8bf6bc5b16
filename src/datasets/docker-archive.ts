import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import * as z from 'zod';
import { compressionOf, decompressStream } from '../codecs/read.ts';
import { InputError, VerificationError, type Where } from '../errors.ts';
import { BlobHash } from '../images/blob-hash.ts';
import { verify } from '../images/cache.ts';
import { chooseImage, listReferences, type Wish } from '../images/choose.ts';
import { imageDigest } from '../images/digest.ts';
import {
  checkDocumentSize,
  decode,
  knownPlatform,
  pairLayers,
  parseConfig,
  parseJson,
} from '../images/documents.ts';
import { type Files, withFiles } from '../images/files.ts';
import type { ImageDescriptor } from '../images/image.ts';
import type { Platform } from '../images/platform.ts';
import type { Candidate } from '../images/platform-search.ts';
import { limits } from '../limits.ts';
import { pieces, readAll } from '../streams/source.ts';
import { anyPlatformSchema, checkPlatform } from './platform.ts';
import type { FetchContext, Provider } from './provider.ts';

export interface DockerArchiveSource {
  readonly type: 'docker-archive';
  readonly path: string;
  /** `NAME:TAG`, or the digest of the configuration; may be left out where it holds one image. */
  readonly reference?: string | undefined;
  /** Where it holds one image for several. Left out: this machine's, and any where there is no choice. */
  readonly platform?: string | undefined;
}

interface SavedImage {
  readonly Config: string;
  readonly RepoTags?: readonly string[] | null | undefined;
  /** null, as Go writes an empty list, for an image without layers. */
  readonly Layers: readonly string[] | null;
}

const schema: z.ZodType<DockerArchiveSource> = z.strictObject({
  type: z.literal('docker-archive'),
  path: z.string().min(1),
  reference: z.string().optional(),
  platform: anyPlatformSchema.optional(),
});

const savedSchema: z.ZodType<readonly SavedImage[]> = z.array(
  z.looseObject({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()).nullable(),
  }),
);

/**
 * What `docker save` and `podman save` write (moby, image/tarexport: manifest.json names a configuration and layers), since
 * Docker 25 inside an OCI layout. Others write the same, and may name the configuration as they like (Jib: `config.json`).
 * A digest in that name is verified, layers are by diff id.
 */
export const dockerArchive: Provider<DockerArchiveSource> = {
  type: 'docker-archive',
  title: 'images in an archive of docker save',
  schema,

  identity(source, baseDirectory) {
    return withFiles(resolve(baseDirectory, source.path), async (archive) => {
      const { text } = await findSaved(archive, source);
      return `docker-archive ${digestOf(text)}`;
    });
  },

  fetch(source, { id }, _pins, context): Promise<ImageDescriptor> {
    return withFiles(resolve(context.baseDirectory, source.path), async (archive) => {
      const { text: config, saved } = await findSaved(archive, source);
      const place = { file: archive.path, entry: saved.Config };
      const { diffIds, platform } = parseConfig(config, place);
      checkPlatform(platform, source.platform, { image: id, isListed: false });
      const names = (saved.Layers ?? []).map((name) => ({ name }));
      const layers = pairLayers(names, diffIds, { file: archive.path, entry: 'manifest.json' });
      const unpacked: ImageDescriptor['layers'][number][] = [];
      for (const [index, { name, diffId }] of layers.entries()) {
        context.signal?.throwIfAborted();
        context.progress(`${id}: layers`, index + 1, layers.length);
        unpacked.push({ diffId, path: await unpackLayer(archive, name, diffId, context) });
      }
      return { id, digest: imageDigest(diffIds), layers: unpacked, config };
    });
  },
};

/** What chooses each image of an archive. */
export async function savedReferences(archive: Files): Promise<readonly (string | undefined)[]> {
  return listReferences(candidatesIn(archive), { file: archive.path, entry: 'manifest.json' });
}

/** The image that is meant, and for which platform where there was a choice. */
export async function findSaved(archive: Files, wish: Wish): Promise<Found> {
  const where = { file: archive.path, entry: 'manifest.json' };
  const { value: saved, platform } = await chooseImage(candidatesIn(archive), wish, where);
  const text = readText(archive, saved.Config);
  checkName(saved.Config, text, archive.path);
  return { saved, text, platform };
}

/** True where there is a list of saved images. */
export function isDockerArchive(files: Files): boolean {
  if (!files.has('manifest.json')) return false;
  const source = files.open('manifest.json');
  return source.length <= limits.manifestBytes && isSavedList(readAll(source));
}

/** True for the content of such a list; a root file system may have a file of that name. */
export function isSavedList(manifest: Uint8Array): boolean {
  try {
    return parseSaved(decode(manifest, {}), {}).length > 0;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/**
 * Layers lie there plain, by gzip where a registry's blobs were kept. Each is read to its end, also where the cache has it
 * from elsewhere: whether an archive is refused must not depend on what was read before.
 */
async function unpackLayer(
  archive: Files,
  name: string,
  diffId: string,
  { cache }: FetchContext,
): Promise<string> {
  const where = { file: archive.path, entry: name };
  const source = archive.open(name);
  const tar = decompressStream(fromSync(pieces(source)), compressionOf(source), where);
  if (!(await cache.isIntact(diffId))) {
    return (await cache.store(tar, { digest: diffId }, where)).path;
  }
  const hash = new BlobHash(diffId);
  let size = 0;
  for await (const bytes of tar) {
    hash.update(bytes);
    size += bytes.length;
  }
  verify({ digest: hash.digest(), size }, { digest: diffId }, where);
  return cache.blobPath(diffId);
}

interface Found {
  readonly saved: SavedImage;
  /** Of its configuration. */
  readonly text: string;
  readonly platform: Platform | undefined;
}

function candidatesIn(archive: Files): readonly Candidate<SavedImage>[] {
  const saved = listSaved(archive);
  const texts = new Map<string, string | undefined>();
  const textOf = (name: string): string | undefined => {
    if (!texts.has(name)) texts.set(name, archive.has(name) ? readText(archive, name) : undefined);
    return texts.get(name);
  };
  return saved.map((image) => {
    const { Config, RepoTags } = image;
    const named = digestIn(Config);
    return {
      value: image,
      digest: named === undefined ? digestOf(textOf(Config) ?? Config) : `sha256:${named}`,
      names: RepoTags ?? [],
      ownPlatform: async () => {
        const text = textOf(Config);
        const place = { file: archive.path, entry: Config };
        return text === undefined ? undefined : knownPlatform(parseConfig(text, place).platform);
      },
    };
  });
}

function listSaved(archive: Files): readonly SavedImage[] {
  const where = { file: archive.path, entry: 'manifest.json' };
  return parseSaved(readText(archive, 'manifest.json'), where);
}

function parseSaved(text: string, where: Where): readonly SavedImage[] {
  return parseJson(text, savedSchema, where);
}

/** `HEX.json`, since Docker 25 `blobs/sha256/HEX`, of go-containerregistry `sha256:HEX`. */
function digestIn(name: string): string | undefined {
  return /^(?:blobs\/sha256\/|sha256:)?([0-9a-f]{64})(?:\.json)?$/.exec(name)?.[1];
}

function checkName(name: string, content: string, file: string): void {
  const promised = digestIn(name);
  const actual = digestOf(content);
  if (promised === undefined || `sha256:${promised}` === actual) return;
  throw new VerificationError(
    `the configuration has ${actual}`,
    { file, entry: name },
    'the archive is damaged: save it again',
  );
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function readText(archive: Files, name: string): string {
  const where = { file: archive.path, entry: name };
  const source = archive.open(name);
  checkDocumentSize(source.length, where);
  return decode(readAll(source), where);
}

async function* fromSync(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
