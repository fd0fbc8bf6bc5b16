import { applyLayers } from '../trees/layers.ts';
import type { Serialiser } from './serialiser.ts';

/** The image's own layers, one stream each (OCI image-spec, layer.md). */
export const layers: Serialiser = {
  id: 'layers',
  fidelity: {
    mtime: 'nanoseconds',
    hardlinks: true,
    xattrs: true,
    devices: true,
    sparse: true,
    ownerNames: true,
    whiteouts: true,
  },
  serialise: (image) => ({
    streams: image.layers.map(({ tar }, layer) => ({ bytes: tar, layer })),
  }),
  restore: (streams) => applyLayers(streams),
};
