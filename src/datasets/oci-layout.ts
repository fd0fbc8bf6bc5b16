import { resolve } from 'node:path';
import * as z from 'zod';
import { readImageDocuments } from '../images/documents.ts';
import { withFiles } from '../images/files.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { Layout } from '../images/layout.ts';
import { platformName } from '../images/platform.ts';
import { pieces } from '../streams/source.ts';
import { unpackImage } from './layer.ts';
import { anyPlatformSchema, checkPlatform } from './platform.ts';
import type { Provider } from './provider.ts';

export interface OciLayoutSource {
  readonly type: 'oci-layout';
  /** A directory, or a tar of one, plain or compressed. */
  readonly path: string;
  /** Value of org.opencontainers.image.ref.name, or a digest; may be left out where the layout has one image. */
  readonly reference?: string | undefined;
  /** `os/architecture`, and `/variant` where it matters. Left out: this machine's, and any where there is no choice. */
  readonly platform?: string | undefined;
}

const schema: z.ZodType<OciLayoutSource> = z.strictObject({
  type: z.literal('oci-layout'),
  path: z.string().min(1),
  reference: z.string().optional(),
  platform: anyPlatformSchema.optional(),
});

/** An image in an OCI image layout: every blob verified by size and digest, layers also by diff id. */
export const ociLayout: Provider<OciLayoutSource> = {
  type: 'oci-layout',
  title: 'images in an OCI image layout, a directory or a tar',
  schema,

  async identity(source, baseDirectory) {
    return withLayout(resolve(baseDirectory, source.path), async (layout) => {
      const { digest } = (await layout.find(source)).value;
      return `oci-layout ${digest}`;
    });
  },

  async fetch(source, { id }, _pins, context): Promise<ImageDescriptor> {
    return withLayout(resolve(context.baseDirectory, source.path), async (layout) => {
      const { value, platform } = await layout.find(source);
      const documents = await readImageDocuments(value, layout);
      const listed = platform && platformName(platform);
      const warnings = checkPlatform(documents.platform, listed ?? source.platform, {
        image: id,
        isListed: listed !== undefined,
      });
      const untyped = value.isTypedByContent
        ? [`${value.digest} is listed without a media type, and read as ${value.mediaType}`]
        : [];
      return unpackImage(
        id,
        { ...documents, warnings: [...untyped, ...warnings] },
        async (blob) => {
          const content = layout.open(blob);
          const path = layout.pathOf(blob);
          if (path !== undefined) return path;
          return (await context.cache.store(pieces(content), blob, layout.where(blob))).path;
        },
        context,
      );
    });
  },
};

function withLayout<Result>(
  path: string,
  work: (layout: Layout) => Promise<Result>,
): Promise<Result> {
  return withFiles(path, (files) => work(new Layout(files)));
}
