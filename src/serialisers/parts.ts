import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import { Budget } from '../trees/budget.ts';
import { applyLayers } from '../trees/layers.ts';
import { readTar, type TarEntry } from '../trees/tar.ts';
import { layers } from './layers.ts';
import type { Serialiser, Stream } from './serialiser.ts';
import { tar, treeToTar } from './tar.ts';

/**
 * Layers divided where the contents of files begin and end, so that each content can be compressed, named and fetched on
 * its own while all parts together still are the layer. Restoring takes whole layers.
 */

/** The image's own layers, divided at every content. */
export const layerFiles: Serialiser = {
  id: 'layer-files',
  fidelity: layers.fidelity,
  serialise: (image) => ({
    streams: divideLayers(image.layers.map(({ tar: bytes }) => bytes)),
  }),
  restore: (streams) => applyLayers(streams),
};

/** One squashed tar in canonical form, divided at contents of `least` bytes or more. */
export function createTarFiles(least: number): Serialiser {
  return {
    id: `tar-files:least=${least}`,
    fidelity: tar.fidelity,
    serialise: ({ tree }) => ({ streams: divideTar(treeToTar(tree), 0, least) }),
    restore: (streams) => applyLayers(streams),
  };
}

function divideLayers(tars: readonly ByteSource[]): readonly Stream[] {
  const budget = new Budget();
  return tars.flatMap((bytes, layer) => divideTar(bytes, layer, 1, budget));
}

function divideTar(
  source: ByteSource,
  layer: number,
  least: number,
  budget = new Budget(),
): readonly Stream[] {
  const streams: Stream[] = [];
  let between: TarEntry[] = [];
  let hasContent = false;
  let end = 0;
  const addUpTo = (offset: number): void => {
    if (offset === end && offset > 0) return;
    const bytes = new Rope().slice(source, end, offset - end);
    streams.push({ bytes, layer, isUncut: true, entries: between, hasContent });
    between = [];
    hasContent = false;
    end = offset;
  };
  for (const entry of readTar(source, { layer: String(layer) }, budget).entries) {
    between.push(entry);
    const { segments } = entry;
    const [content] = segments;
    // The content of a sparse file lies in pieces, with a map before them: it stays with its headers.
    if (!content || segments.length > 1 || content.source !== 0 || content.length < least) {
      hasContent ||= entry.size > 0;
      continue;
    }
    addUpTo(content.offset);
    end = content.offset + content.length;
    const bytes = new Rope().slice(source, content.offset, content.length);
    streams.push({ bytes, layer, contentOf: entry, hasContent: true });
  }
  addUpTo(source.length);
  return streams;
}
