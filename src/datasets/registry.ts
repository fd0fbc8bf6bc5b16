import * as z from 'zod';
import { UnavailableError } from '../errors.ts';
import {
  descriptorSchema,
  findManifest,
  isIndex,
  readImageDocuments,
} from '../images/documents.ts';
import type { Descriptor, ImageDescriptor } from '../images/image.ts';
import { inParallel } from '../images/parallel.ts';
import { parseReference } from '../images/registry/reference.ts';
import { Registry } from '../images/registry/registry.ts';
import { unpackImage } from './layer.ts';
import { checkPlatform, platformSchema } from './platform.ts';
import type { Provider } from './provider.ts';

export interface RegistrySource {
  readonly type: 'registry';
  /** As `docker pull` takes it: `ubuntu:jammy`, `HOST:PORT/NAME@sha256:…`. */
  readonly reference: string;
  readonly platform: string;
}

interface Pins {
  /** `YYYY-MM-DD`: when the reference named this. */
  readonly date: string;
  /** What the reference named, where that is an index. */
  readonly index?: Descriptor | undefined;
  /** Of the platform's image. */
  readonly manifest: Descriptor;
}

/** Blobs of one image on their way at once, as many as skopeo and podman fetch. */
const PARALLEL = 6;

const schema: z.ZodType<RegistrySource> = z.strictObject({
  type: z.literal('registry'),
  reference: z
    .string()
    .refine(isReference, 'give a reference such as ubuntu:jammy or HOST/NAME@sha256:…'),
  platform: platformSchema,
});

const pinsSchema: z.ZodType<Pins> = z.strictObject({
  date: z.iso.date(),
  index: descriptorSchema.optional(),
  manifest: descriptorSchema,
});

/** An image in a registry: every blob verified by size and digest, layers also by diff id. */
export const registry: Provider<RegistrySource> = {
  type: 'registry',
  title: 'images in an OCI or Docker registry, pinned by digest',
  schema,
  pinsSchema,
  describePins(pins) {
    const { date, manifest } = pinsSchema.parse(pins);
    return `${manifest.digest}, pinned ${date}`;
  },

  identity({ reference, platform }, _directory, pins) {
    if (pins === undefined) return `registry ${reference} ${platform}, not pinned`;
    return `registry ${pinsSchema.parse(pins).manifest.digest}`;
  },

  async pin({ reference, platform }, _image, context): Promise<Pins> {
    const source = new Registry(parseReference(reference), context);
    const found = await source.resolve();
    const { mediaType, digest, size } = await findManifest(found, platform, source);
    const manifest = { mediaType, digest, size };
    const date = new Date().toISOString().slice(0, 10);
    return isIndex(found) ? { date, index: found, manifest } : { date, manifest };
  },

  async outlook(source, image, pins, context) {
    if (pins === undefined) return {};
    const { cache } = context;
    const { manifest } = pinsSchema.parse(pins);
    if (!cache.has(manifest.digest, manifest.size)) return {};
    const origin = new Registry(parseReference(source.reference), context);
    const { layers } = await readImageDocuments(manifest, origin);
    const missing = layers.filter(({ digest, size }) => !cache.has(digest, size));
    const isThere = missing.length === 0 && layers.every(({ diffId }) => cache.has(diffId));
    return {
      missing,
      ...(isThere ? { image: await registry.fetch(source, image, pins, context) } : {}),
    };
  },

  async fetch({ reference, platform }, { id }, pins, context): Promise<ImageDescriptor> {
    if (pins === undefined) {
      throw new UnavailableError(
        `the lock has no digest for ${reference}`,
        { image: id },
        'pin it with `bench dataset relock NAME`',
      );
    }
    const source = new Registry(parseReference(reference), context);
    const { index, manifest } = pinsSchema.parse(pins);
    const documents = await readImageDocuments(manifest, source);
    const isListed = index !== undefined;
    const warnings = checkPlatform(documents.platform, platform, { image: id, isListed });
    // A layer may be there twice: no two may write one file.
    const distinct = [...new Map(documents.layers.map((layer) => [layer.digest, layer])).values()];
    let done = 0;
    const paths = await inParallel(distinct, PARALLEL, context.signal, async (layer, signal) => {
      const path = await source.blob(layer, signal);
      context.progress(`${id}: layers`, ++done, distinct.length);
      return [layer.digest, path] as const;
    });
    const pathOf = new Map(paths);
    const blobs = ({ digest }: Descriptor): string => pathOf.get(digest)!;
    return unpackImage(id, { ...documents, warnings }, blobs, context);
  },
};

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}
