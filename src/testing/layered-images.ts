import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Dataset, loadDataset } from '../datasets/mod.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { putBlob } from './layouts.ts';
import { noise } from './noise.ts';
import { type Sketch, sketchTree } from './trees.ts';

/** Of the file that all of the images have, in their common layer: more than half, so that each step is an update. */
export const COMMON_BYTES = 200_000;

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/**
 * Three images of two layers each, `v0` to `v2`, as a layout and its manifest `layered.json`. The first layer is one and the
 * same, the second image inserts bytes into a file of the first, the last image calls itself another distribution.
 */
export function makeLayered(directory: string): Promise<Dataset> {
  const layout = join(directory, 'layout');
  const layer = (files: Readonly<Record<string, Sketch>>): Uint8Array =>
    readAll(treeToTar(sketchTree(files)));
  const etc = (id: string): Readonly<Record<string, Sketch>> => ({
    etc: { type: 'directory' },
    'etc/os-release': { content: `ID=${id}\n` },
  });
  const base = layer({ common: { content: noise(COMMON_BYTES, 1) }, ...etc('debian') });
  const body = noise(80_000, 5);
  const uppers = [
    layer({ app: { content: body } }),
    layer({ app: { content: Buffer.concat([noise(777, 7), body]) } }),
    layer({ app: { content: noise(80_000, 9) }, ...etc('other') }),
  ];
  const manifests = uppers.map((upper, number) => {
    const diffIds = [base, upper].map(
      (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    );
    const rootfs = { type: 'layers', diff_ids: diffIds };
    const config = putBlob(layout, CONFIG, { os: 'linux', architecture: 'amd64', rootfs });
    const layers = [base, upper].map((bytes) => putBlob(layout, LAYER, gzipSync(bytes)));
    const manifest = putBlob(layout, MANIFEST, { schemaVersion: 2, config, layers });
    return { ...manifest, annotations: { 'org.opencontainers.image.ref.name': `v${number}` } };
  });
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  const images = uppers.map((_, number) => ({
    id: `v${number}`,
    title: `version ${number}`,
    source: { type: 'oci-layout', path: 'layout', reference: `v${number}` },
  }));
  const path = join(directory, 'layered.json');
  const texts = { title: 'Layered', description: 'Three images.', why: 'For this test.' };
  const license = { manifest: 'CC0-1.0', content: 'CC0-1.0' };
  const about = { schemaVersion: 1, id: 'layered', version: '1.0.0', citeAs: 'none' };
  writeFileSync(path, JSON.stringify({ ...about, ...texts, license, images }));
  return loadDataset(path);
}
