import { EVERYTHING } from '../trees/fidelity.ts';
import { applyLayers } from '../trees/layers.ts';
import type { Serialiser } from './serialiser.ts';

/** The image's own layers, one stream each (OCI image-spec, layer.md). */
export const layers: Serialiser = {
  id: 'layers',
  fidelity: EVERYTHING,
  serialise: (image) => ({
    streams: image.layers.map(({ tar }, layer) => ({ bytes: tar, layer })),
  }),
  restore: (streams) => applyLayers(streams),
};
