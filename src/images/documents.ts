import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { verify } from './cache.ts';
import { chooseImage } from './choose.ts';
import type { Descriptor } from './image.ts';
import { checked, decode, parseJson, parseStrict } from './json.ts';
import { type Platform, parsePlatform, platformName } from './platform.ts';
import { type Candidate, tolerant } from './platform-search.ts';
import { configSchema, type DocumentDescriptor, indexSchema, manifestSchema } from './schemas.ts';

export { decode, parseJson } from './json.ts';
export { type DocumentDescriptor, descriptorSchema } from './schemas.ts';

/**
 * The JSON documents of an image (image-spec: image-index.md, manifest.md, config.md; Docker's schema 2 says the same in
 * other media types), wherever they lie: each is verified by size and digest before it is read.
 */

/** Where documents lie: a layout, a registry. */
export interface Documents {
  /** The bytes of a document, at most `limits.manifestBytes`; not yet verified. */
  read(descriptor: Descriptor): Promise<Uint8Array>;
  /** For errors. */
  where(descriptor: Descriptor): Where;
}

/** What an image consists of. */
export interface ImageDocuments {
  readonly layers: readonly (Descriptor & { readonly diffId: string })[];
  /** Exact text. */
  readonly config: string;
  /** `os/architecture` or `os/architecture/variant`, as far as the configuration says it. */
  readonly platform: string;
}

/** Annotations that name an image in a layout (image-spec, annotations.md; containerd, images/annotations.go). */
const NAMES = ['org.opencontainers.image.ref.name', 'io.containerd.image.name'];

/** The descriptors of a layout's `index.json`. */
export function parseIndex(bytes: Uint8Array, where: Where): readonly DocumentDescriptor[] {
  return parseJson(decode(bytes, where), indexSchema, where).manifests;
}

export function isIndex({ mediaType }: Descriptor): boolean {
  return /image\.index\.v1\+json$|manifest\.list\.v2\+json$/.test(mediaType);
}

function isManifest({ mediaType }: Descriptor): boolean {
  return /image\.manifest\.v1\+json$|distribution\.manifest\.v2\+json$/.test(mediaType);
}

/**
 * From an index, through nested ones, to the manifest of a platform. A manifest is returned as it is.
 * @param platform `os/architecture`, and `/variant` where it matters
 */
export async function findManifest(
  descriptor: DocumentDescriptor,
  platform: string,
  documents: Documents,
): Promise<DocumentDescriptor> {
  const candidate = candidateOf(descriptor, documents);
  const chosen = await chooseImage([candidate], { platform }, documents.where(descriptor));
  return chosen.value;
}

/** What a layout's or another index lists. Artefacts beside images (signatures, inventories) are left out. */
export async function candidatesOf(
  listed: readonly DocumentDescriptor[],
  documents: Documents,
): Promise<readonly Candidate<DocumentDescriptor>[]> {
  const descriptors = await withTypes(listed, documents);
  const images = descriptors.filter(
    (descriptor) => !descriptor.artifactType && (isIndex(descriptor) || isManifest(descriptor)),
  );
  return (images.length > 0 ? images : descriptors).map((one) => candidateOf(one, documents));
}

/** Where the list says no media type, the document is asked: skopeo reads such an image too. */
async function withTypes(
  descriptors: readonly DocumentDescriptor[],
  documents: Documents,
): Promise<readonly DocumentDescriptor[]> {
  const typed: DocumentDescriptor[] = [];
  let asked = 0;
  for (const descriptor of descriptors) {
    const isAsked = descriptor.mediaType === '' && asked++ < limits.choiceDocuments;
    const mediaType = isAsked
      ? await tolerant(async () => typeOf(await readValue(descriptor, documents)))
      : undefined;
    typed.push(mediaType ? { ...descriptor, mediaType, isTypedByContent: true } : descriptor);
  }
  return typed;
}

/** As the document says it, or as its fields show it; undefined where they show nothing. */
function typeOf(document: unknown): string | undefined {
  const { mediaType } = Object(document) as { readonly mediaType?: unknown };
  if (typeof mediaType === 'string' && mediaType !== '') return mediaType;
  const kind = kindOf(document);
  return kind && `application/vnd.oci.image.${kind}.v1+json`;
}

/** By its fields; undefined where it has those of both, or of neither. */
function kindOf(document: unknown): 'index' | 'manifest' | undefined {
  const fields = Object(document) as object;
  if ('manifests' in fields === 'config' in fields) return undefined;
  return 'manifests' in fields ? 'index' : 'manifest';
}

function candidateOf(
  descriptor: DocumentDescriptor,
  documents: Documents,
): Candidate<DocumentDescriptor> {
  const { digest, platform, annotations = {} } = descriptor;
  const names = NAMES.flatMap((key) => annotations[key] ?? []);
  return {
    value: descriptor,
    digest,
    names,
    platform,
    ...(isIndex(descriptor)
      ? {
          members: async () => {
            const { manifests } = await readDocument(descriptor, indexSchema, documents);
            return candidatesOf(manifests, documents);
          },
        }
      : {
          ownPlatform: async () =>
            knownPlatform((await readImageDocuments(descriptor, documents)).platform),
        }),
  };
}

/** What a configuration says, where it says anything. */
export function knownPlatform(name: string): Platform | undefined {
  const { os, architecture, variant } = parsePlatform(name);
  return os === '' || architecture === '' ? undefined : { os, architecture, variant };
}

/** Throws an InputError or VerificationError where the documents are not what they promise, or do not fit together. */
export async function readImageDocuments(
  descriptor: Descriptor,
  documents: Documents,
): Promise<ImageDocuments> {
  const where = documents.where(descriptor);
  if (!isManifest(descriptor)) {
    // That it is not there, or not whole, is told first.
    if (descriptor.mediaType === '') await readValue(descriptor, documents);
    throw new InputError(
      descriptor.mediaType === ''
        ? 'no media type'
        : `unsupported media type ${descriptor.mediaType}`,
      where,
      'only OCI and Docker schema 2 images are read',
    );
  }
  const manifest = await readDocument(descriptor, manifestSchema, documents);
  for (const { digest, size } of manifest.layers) checkBlobSize(size, { ...where, layer: digest });
  const config = await readText(manifest.config, documents);
  const parsed = parseConfig(config, documents.where(manifest.config));
  return { layers: pairLayers(manifest.layers, parsed.diffIds, where), config, ...parsed };
}

/** What is read of a configuration: the digests of the uncompressed layers that it promises, and for what it is. */
export function parseConfig(
  text: string,
  where: Where,
): { readonly diffIds: readonly string[]; readonly platform: string } {
  const { rootfs, os, architecture, variant } = parseJson(text, configSchema, where);
  return { diffIds: rootfs.diff_ids, platform: platformName({ os, architecture, variant }) };
}

export function checkDocumentSize(size: number, where: Where): void {
  if (size <= limits.manifestBytes) return;
  throw new InputError(`a manifest of ${size} bytes`, where, 'raise limits.manifestBytes');
}

/** Before a byte of it is fetched or written. */
export function checkBlobSize(size: number, where: Where): void {
  if (size <= limits.blobBytes) return;
  throw new InputError(
    `a blob of ${size} bytes`,
    where,
    `the image is malformed: a blob may have ${limits.blobBytes} bytes`,
  );
}

/** Each layer beside its diff id, by position. */
export function pairLayers<Layer>(
  layers: readonly Layer[],
  diffIds: readonly string[],
  where: Where,
): readonly (Layer & { readonly diffId: string })[] {
  if (diffIds.length === layers.length) {
    return layers.map((layer, index) => ({ ...layer, diffId: diffIds[index]! }));
  }
  throw new InputError(
    `${layers.length} layers but ${diffIds.length} diff ids`,
    where,
    'the image is damaged: copy or fetch it again',
  );
}

async function readDocument<T>(
  descriptor: Descriptor,
  wanted: z.ZodType<T>,
  documents: Documents,
): Promise<T> {
  const where = documents.where(descriptor);
  const value = await readValue(descriptor, documents);
  const kind = kindOf(value);
  const { mediaType = descriptor.mediaType } = Object(value) as { readonly mediaType?: unknown };
  const isOther = typeof mediaType === 'string' && mediaType !== descriptor.mediaType;
  if (isOther || (kind && kind !== (isIndex(descriptor) ? 'index' : 'manifest'))) {
    const is = isOther ? `it says it is ${mediaType}` : `by its fields it is an image ${kind}`;
    throw new InputError(
      `${is}, its descriptor says ${descriptor.mediaType}`,
      { ...where, field: 'mediaType' },
      'correct the descriptor in the list that names it, or build and push the image again',
    );
  }
  return checked(value, wanted, where);
}

async function readValue(descriptor: Descriptor, documents: Documents): Promise<unknown> {
  return parseStrict(await readText(descriptor, documents), documents.where(descriptor));
}

async function readText(descriptor: Descriptor, documents: Documents): Promise<string> {
  const where = documents.where(descriptor);
  checkDocumentSize(descriptor.size, where);
  const bytes = await documents.read(descriptor);
  verify({ digest: sha256(bytes), size: bytes.length }, descriptor, where);
  return decode(bytes, where);
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
