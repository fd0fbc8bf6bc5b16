import { resolve } from 'node:path';
import { z } from 'zod';
import { readImageDocuments } from '../images/documents.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { Layout } from '../images/layout.ts';
import { imageDigest, pieces, unpackBlob } from './layer.ts';
import { platformSchema } from './platform.ts';
import type { Provider } from './provider.ts';

export interface OciLayoutSource {
  readonly type: 'oci-layout';
  /** A directory, or a tar of one. */
  readonly path: string;
  /** Value of org.opencontainers.image.ref.name; may be left out where the layout has one image. */
  readonly reference?: string | undefined;
  /** `os/architecture`, and `/variant` where it matters, where the reference is an index. */
  readonly platform: string;
}

const schema: z.ZodType<OciLayoutSource> = z.strictObject({
  type: z.literal('oci-layout'),
  path: z.string().min(1),
  reference: z.string().optional(),
  platform: platformSchema,
});

/** An image in an OCI image layout: every blob verified by size and digest, layers also by diff id. */
export const ociLayout: Provider<OciLayoutSource> = {
  type: 'oci-layout',
  title: 'images in an OCI image layout, a directory or a tar',
  schema,

  async identity({ path, reference, platform }, baseDirectory) {
    return withLayout(resolve(baseDirectory, path), async (layout) => {
      const { digest } = await layout.find(reference, platform);
      return `oci-layout ${digest}`;
    });
  },

  async fetch(source, { id }, _pins, context): Promise<ImageDescriptor> {
    return withLayout(resolve(context.baseDirectory, source.path), async (layout) => {
      const manifest = await layout.find(source.reference, source.platform);
      const { layers, config } = await readImageDocuments(manifest, layout);
      const unpacked: ImageDescriptor['layers'][number][] = [];
      for (const [index, { diffId, mediaType, digest, size }] of layers.entries()) {
        context.signal?.throwIfAborted();
        context.progress(`${id}: layers`, index + 1, layers.length);
        const blob = { mediaType, digest, size };
        const path =
          layout.pathOf(blob) ??
          (await context.cache.store(pieces(layout.open(blob)), blob, layout.where(blob))).path;
        unpacked.push(await unpackBlob({ ...blob, path }, diffId, context.cache));
      }
      return {
        id,
        digest: imageDigest(layers.map(({ diffId }) => diffId)),
        layers: unpacked,
        config,
      };
    });
  },
};

async function withLayout<Result>(
  path: string,
  work: (layout: Layout) => Promise<Result>,
): Promise<Result> {
  const layout = new Layout(path);
  try {
    return await work(layout);
  } finally {
    layout.close();
  }
}
