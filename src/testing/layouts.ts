import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { type Served, sha256, TYPES } from './registry.ts';
import { type Sketch, sketchTree } from './trees.ts';

/** OCI layouts and archives of docker save that tests build part by part. */

export type Blob = Served;

/** An image as a layout lists it. */
export interface Listed {
  /** org.opencontainers.image.ref.name */
  readonly name?: string;
  /** Of the configuration, and of the descriptor unless `isSilent`. */
  readonly architecture?: string;
  readonly variant?: string;
  /** The descriptor says no platform. */
  readonly isSilent?: boolean;
  /** The configuration neither. */
  readonly isMute?: boolean;
}

/** Writes a blob into the layout; what is no bytes is written as JSON. */
export function putBlob(layout: string, mediaType: string, content: unknown): Blob {
  const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  const digest = sha256(bytes);
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  writeFileSync(blobPath(layout, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

export function blobPath(layout: string, digest: string): string {
  return join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

/** The tar of a layer that holds one file, named after what it is for. */
export function layerTar(name: string): Uint8Array {
  return readAll(treeToTar(sketchTree({ [name]: { content: name } })));
}

/** An image whose one file is called `NAME-ARCHITECTURE`; its descriptor as a list has it. */
export function putListed(
  layout: string,
  { name = 'file', architecture = 'amd64', variant, isSilent = false, isMute = false }: Listed,
): Blob & Readonly<Record<string, unknown>> {
  const tar = layerTar(`${name}-${architecture}`);
  const platform = { os: 'linux', architecture, ...(variant ? { variant } : {}) };
  const config = putBlob(layout, TYPES.config, {
    ...(isMute ? {} : platform),
    rootfs: { type: 'layers', diff_ids: [sha256(tar)] },
  });
  const layers = [putBlob(layout, TYPES.layer, tar)];
  const manifest = putBlob(layout, TYPES.manifest, { schemaVersion: 2, config, layers });
  return { ...manifest, ...(isSilent ? {} : { platform }) };
}

export const named = (name: string): Readonly<Record<string, unknown>> => ({
  annotations: { 'org.opencontainers.image.ref.name': name },
});

export function putIndex(layout: string, manifests: readonly object[]): void {
  mkdirSync(layout, { recursive: true });
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

/** A layout that lists images at its top level. Returns their descriptors. */
export function writeLayout(layout: string, images: readonly Listed[]): readonly Blob[] {
  const listed = images.map((image) => ({
    ...putListed(layout, image),
    ...(image.name === undefined ? {} : named(image.name)),
  }));
  putIndex(layout, listed);
  return listed;
}

/** One image of an archive of docker save. */
export interface Saved {
  readonly tags?: readonly string[] | null;
  readonly architecture?: string;
  /** Name of the configuration in the archive; default: its digest. */
  readonly config?: string;
  /** Name of its one file; default: of the architecture. */
  readonly content?: string;
}

/** What lies in an archive of docker save that holds images of one layer each. */
export function savedFiles(images: readonly Saved[]): Readonly<Record<string, Sketch>> {
  const files: Record<string, Sketch> = {};
  const list = images.map(({ tags = null, architecture = 'amd64', config: name, content }) => {
    const tar = layerTar(content ?? architecture);
    const config = JSON.stringify({
      os: 'linux',
      architecture,
      rootfs: { type: 'layers', diff_ids: [sha256(tar)] },
    });
    const Config = name ?? `${sha256(Buffer.from(config)).slice(7)}.json`;
    const layer = `${sha256(tar).slice(7)}.tar`;
    files[Config] = { content: config };
    files[layer] = { content: tar };
    return { Config, RepoTags: tags, Layers: [layer] };
  });
  return { ...files, 'manifest.json': { content: JSON.stringify(list) } };
}

export function saveArchive(path: string, files: Readonly<Record<string, Sketch>>): void {
  writeFileSync(path, readAll(treeToTar(sketchTree(files))));
}
