import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Wish } from '../images/choose.ts';
import { withFiles } from '../images/files.ts';
import { Layout } from '../images/layout.ts';
import { platformName } from '../images/platform.ts';
import { type DockerArchiveSource, findSaved, savedReferences } from './docker-archive.ts';
import type { Kind } from './kind.ts';
import type { OciLayoutSource } from './oci-layout.ts';
import type { RegistrySource } from './registry.ts';
import type { RootfsSource } from './rootfs.ts';
import { endsAsTar } from './tar-file.ts';

/** Images on disk as the command line names them. */

export type Source = RootfsSource | OciLayoutSource | DockerArchiveSource | RegistrySource;

export interface Place {
  readonly path: string;
  /** Of several images there: a name or a digest. */
  readonly reference?: string | undefined;
  /** Where the word says it; else the content does. */
  readonly kind?: Kind;
}

/**
 * What a word names: a path where it starts with `.` or `/` or ends as a tar does, `PATH#NAME` one of several images there;
 * `oci:PATH[:NAME]` and `docker-archive:PATH[:NAME]` the same as skopeo writes it. undefined for anything else.
 */
export function parsePlace(word: string): Place | undefined {
  const transport = /^(oci|oci-archive|docker-archive):(.+)$/s.exec(word);
  if (transport) {
    const [, name, rest = ''] = transport;
    const kind = name === 'docker-archive' ? name : 'oci-layout';
    const hashed = splitName(rest);
    if (hashed.reference !== undefined || existsSync(rest)) return { ...hashed, kind };
    const [, path = '', reference] = /^([^:]+)(?::(.+))?$/s.exec(rest) ?? [];
    return { path: path || rest, reference, kind };
  }
  const place = splitName(word);
  const isPath = /^[./]/.test(word) || endsAsTar(place.path);
  return isPath || place.reference !== undefined ? place : undefined;
}

/**
 * True where a word can only be an image of a registry: `docker://…`, or a name with a tag or a digest where no file has it.
 * A bare `debian` may be meant as anything.
 */
export function isReferenceWord(word: string): boolean {
  if (word.startsWith('docker://')) return true;
  return parsePlace(word) === undefined && /[:@]/.test(word) && !existsSync(word);
}

/** `PATH#NAME` → both; a file may have `#` in its own name. */
export function splitName(word: string): Place {
  if (existsSync(word)) return { path: word };
  for (let at = word.lastIndexOf('#'); at > 0; at = word.lastIndexOf('#', at - 1)) {
    const [path, reference] = [word.slice(0, at), word.slice(at + 1)];
    if (reference !== '' && existsSync(path)) return { path, reference };
  }
  return { path: word };
}

/** `FILE` or `FILE#NAME`. */
export function titleOf({ path, reference }: Place): string {
  const name = basename(resolve(path)) || 'root';
  return reference === undefined ? name : `${name}#${shortName(reference)}`;
}

export function sourceOf(
  { path, reference, kind }: Place & { readonly kind: Kind },
  platform: string | undefined,
): Exclude<Source, RegistrySource> {
  if (kind === 'rootfs') {
    if (reference === undefined) return { type: 'rootfs', path };
    throw new UsageError(
      `${path} is a root file system: it holds no image '${reference}'`,
      {},
      'leave out what follows #',
    );
  }
  return {
    type: kind,
    path,
    ...(reference === undefined ? {} : { reference }),
    ...(platform === undefined ? {} : { platform }),
  };
}

/** What chooses each image that lies there; undefined where nothing else does. */
export function referencesAt(path: string, kind: Kind): Promise<readonly (string | undefined)[]> {
  return withFilesOf(path, kind, [undefined], (files) =>
    kind === 'docker-archive' ? savedReferences(files) : new Layout(files).references(),
  );
}

/** The platform of the image that is meant, where it was asked for or there was a choice. Throws where none is meant. */
export function platformAt(
  { path, kind, reference }: Place & { readonly kind: Kind },
  platform: string | undefined,
): Promise<string | undefined> {
  return withFilesOf(path, kind, platform, async (files) => {
    const wish: Wish = { reference, platform };
    const found =
      kind === 'docker-archive' ? await findSaved(files, wish) : await new Layout(files).find(wish);
    return platform ?? (found.platform && platformName(found.platform));
  });
}

async function withFilesOf<Result>(
  path: string,
  kind: Kind,
  otherwise: Result,
  work: Parameters<typeof withFiles<Result>>[1],
): Promise<Result> {
  return kind === 'rootfs' ? otherwise : withFiles(path, work);
}

/** Of a digest its beginning. */
function shortName(reference: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(reference) ? reference.slice(0, 19) : reference;
}
