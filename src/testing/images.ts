import type { Image } from '../images/image.ts';
import { MemorySource } from '../streams/source.ts';
import { applyLayers } from '../trees/layers.ts';

/** An image in memory, of uncompressed layers. */
export function imageOfTars(...tars: readonly Uint8Array[]): Image {
  const sources = tars.map((bytes) => Object.assign(new MemorySource(bytes), { path: '' }));
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [] },
  });
  return {
    descriptor: { id: 'test', digest: '', layers: [], config },
    layers: sources.map((tar, index) => ({ diffId: `layer ${index}`, tar })),
    tree: applyLayers(sources),
  };
}
