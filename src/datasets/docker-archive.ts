import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import { decompressStream, detectCompression } from '../codecs/read.ts';
import { InputError, VerificationError } from '../errors.ts';
import {
  checkDocumentSize,
  decode,
  pairLayers,
  parseConfig,
  parseJson,
} from '../images/documents.ts';
import { type Files, openFiles } from '../images/files.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { listed } from '../listed.ts';
import { readAll, readRange } from '../streams/source.ts';
import { imageDigest, pieces } from './layer.ts';
import type { FetchContext, Provider } from './provider.ts';

export interface DockerArchiveSource {
  readonly type: 'docker-archive';
  readonly path: string;
  /** `NAME:TAG` as the archive has it; may be left out where it holds one image. */
  readonly reference?: string | undefined;
}

interface SavedImage {
  readonly Config: string;
  readonly RepoTags?: readonly string[] | null | undefined;
  readonly Layers: readonly string[];
}

const schema: z.ZodType<DockerArchiveSource> = z.strictObject({
  type: z.literal('docker-archive'),
  path: z.string().min(1),
  reference: z.string().optional(),
});

const savedSchema: z.ZodType<readonly SavedImage[]> = z.array(
  z.looseObject({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()),
  }),
);

/**
 * What `docker save` and `podman save` write (moby, image/tarexport: manifest.json names a configuration and layers), since
 * Docker 25 inside an OCI layout. The configuration has its digest in its name; layers are verified by diff id.
 */
export const dockerArchive: Provider<DockerArchiveSource> = {
  type: 'docker-archive',
  title: 'images in an archive of docker save',
  schema,

  identity({ path, reference }, baseDirectory) {
    return withArchive(resolve(baseDirectory, path), async (archive) => {
      const { config } = readSaved(archive, reference);
      return `docker-archive sha256:${createHash('sha256').update(config).digest('hex')}`;
    });
  },

  fetch({ path, reference }, { id }, _pins, context): Promise<ImageDescriptor> {
    return withArchive(resolve(context.baseDirectory, path), async (archive) => {
      const { config, layers } = readSaved(archive, reference);
      const unpacked: ImageDescriptor['layers'][number][] = [];
      for (const [index, { name, diffId }] of layers.entries()) {
        context.signal?.throwIfAborted();
        context.progress(`${id}: layers`, index + 1, layers.length);
        unpacked.push({ diffId, path: await unpackLayer(archive, name, diffId, context) });
      }
      const digest = imageDigest(layers.map(({ diffId }) => diffId));
      return { id, digest, layers: unpacked, config };
    });
  },
};

/** True where there is a list of saved images. */
export function isDockerArchive(files: Files): boolean {
  if (!files.has('manifest.json')) return false;
  try {
    return listSaved(files).length > 0;
  } catch (error) {
    // A root file system may have a file of that name.
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** Layers lie there plain, by gzip where a registry's blobs were kept. */
async function unpackLayer(
  archive: Files,
  name: string,
  diffId: string,
  { cache }: FetchContext,
): Promise<string> {
  if (await cache.isIntact(diffId)) return cache.blobPath(diffId);
  const where = { file: archive.path, entry: name };
  const source = archive.open(name);
  const first = readRange(source, 0, Math.min(8, source.length));
  const tar = decompressStream(fromSync(pieces(source)), detectCompression(first), where);
  return (await cache.store(tar, { digest: diffId }, where)).path;
}

function readSaved(
  archive: Files,
  reference: string | undefined,
): {
  readonly config: string;
  readonly layers: readonly { readonly name: string; readonly diffId: string }[];
} {
  const where = { file: archive.path, entry: 'manifest.json' };
  const saved = listSaved(archive);
  const named = saved.filter(
    ({ RepoTags }) => reference === undefined || RepoTags?.includes(reference),
  );
  const [only, ...more] = named;
  if (!only || more.length > 0) {
    const names = saved.flatMap(({ RepoTags }) => RepoTags ?? []);
    throw new InputError(
      `${named.length} images match '${reference ?? ''}'`,
      where,
      `give a reference: ${listed(names)}`,
    );
  }
  const config = readText(archive, only.Config);
  checkName(only.Config, config, archive.path);
  const { diffIds } = parseConfig(config, { file: archive.path, entry: only.Config });
  const names = only.Layers.map((name) => ({ name }));
  return { config, layers: pairLayers(names, diffIds, where) };
}

function listSaved(archive: Files): readonly SavedImage[] {
  const where = { file: archive.path, entry: 'manifest.json' };
  return parseJson(readText(archive, 'manifest.json'), savedSchema, where);
}

/** `HEX.json`, since Docker 25 `blobs/sha256/HEX`, of go-containerregistry `sha256:HEX`. */
function checkName(name: string, content: string, file: string): void {
  const promised = /^(?:blobs\/sha256\/|sha256:)?([0-9a-f]{64})(?:\.json)?$/.exec(name)?.[1];
  const actual = createHash('sha256').update(content).digest('hex');
  if (promised === actual) return;
  throw new VerificationError(
    `the configuration has sha256:${actual}`,
    { file, entry: name },
    'the archive is damaged: save it again',
  );
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

async function withArchive<Result>(
  path: string,
  work: (archive: Files) => Promise<Result>,
): Promise<Result> {
  const archive = openFiles(path);
  try {
    return await work(archive);
  } finally {
    archive.close();
  }
}
