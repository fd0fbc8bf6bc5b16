import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InputError, type Where } from '../errors.ts';
import { jsonFault } from '../json.ts';
import { limits } from '../limits.ts';
import { verify } from './cache.ts';
import { chooseImage } from './choose.ts';
import type { Descriptor } from './image.ts';
import { type Platform, parsePlatform, platformName } from './platform.ts';
import type { Candidate } from './platform-search.ts';

/**
 * The JSON documents of an image (image-spec: image-index.md, manifest.md, config.md; Docker's schema 2 says the same in
 * other media types), wherever they lie: each is verified by size and digest before it is read.
 */

export interface DocumentDescriptor extends Descriptor {
  readonly platform?: Platform | undefined;
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

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

interface Index {
  readonly mediaType?: string | undefined;
  readonly manifests: readonly DocumentDescriptor[];
}

interface Manifest {
  readonly mediaType?: string | undefined;
  readonly config: DocumentDescriptor;
  readonly layers: readonly DocumentDescriptor[];
}

interface Config {
  readonly os?: string | undefined;
  readonly architecture?: string | undefined;
  readonly variant?: string | undefined;
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

/** Annotations that name an image in a layout (image-spec, annotations.md; containerd, images/annotations.go). */
const NAMES = ['org.opencontainers.image.ref.name', 'io.containerd.image.name'];

const FETCH_AGAIN = 'copy or fetch the image again';

const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const descriptorSchema: z.ZodType<DocumentDescriptor> = z
  .looseObject({
    mediaType: z.string(),
    digest: digestSchema,
    size: z.int().nonnegative(),
    platform: z
      .looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
      .optional(),
    artifactType: z.string().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    data: z.base64().optional(),
  })
  .refine(isWhatItEmbeds, { path: ['data'], error: 'not the bytes that digest and size say' });
/** A descriptor may carry its blob (image-spec, descriptor.md): two clients must not read two things. */
function isWhatItEmbeds({
  data,
  digest,
  size,
}: Descriptor & { data?: string | undefined }): boolean {
  if (data === undefined) return true;
  const bytes = Buffer.from(data, 'base64');
  return bytes.length === size && digest === sha256(bytes);
}

/** A document that could be read as an index and as a manifest is neither (CVE-2021-41190). */
const absent = z.undefined({ error: 'one document cannot be both an index and a manifest' });
const indexSchema: z.ZodType<Index> = z.looseObject({
  mediaType: z.string().optional(),
  manifests: z.array(descriptorSchema),
  config: absent.optional(),
  layers: absent.optional(),
});
const manifestSchema: z.ZodType<Manifest> = z.looseObject({
  mediaType: z.string().optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
  manifests: absent.optional(),
});
const configSchema: z.ZodType<Config> = z.looseObject({
  os: z.string().optional(),
  architecture: z.string().optional(),
  variant: z.string().optional(),
  rootfs: z.looseObject({ diff_ids: z.array(digestSchema) }),
});

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
export function candidatesOf(
  descriptors: readonly DocumentDescriptor[],
  documents: Documents,
): readonly Candidate<DocumentDescriptor>[] {
  const images = descriptors.filter(
    (descriptor) => !descriptor.artifactType && (isIndex(descriptor) || isManifest(descriptor)),
  );
  return (images.length > 0 ? images : descriptors).map((one) => candidateOf(one, documents));
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
    throw new InputError(
      `unsupported media type ${descriptor.mediaType}`,
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

/** Exact: a byte-order mark stays, and is then no JSON. */
export function decode(bytes: Uint8Array, where: Where): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InputError('not UTF-8', where, FETCH_AGAIN, { cause });
  }
}

export function parseJson<T>(text: string, wanted: z.ZodType<T>, where: Where): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError('not JSON', where, FETCH_AGAIN, { cause });
  }
  const fault = jsonFault(text);
  if (fault) throw new InputError(fault.what, { ...where, offset: fault.offset }, FETCH_AGAIN);
  const result = wanted.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = issue.path.join('.');
  throw new InputError(wordsOf(issue), field === '' ? where : { ...where, field }, FETCH_AGAIN);
}

function wordsOf({ message }: { readonly message: string }): string {
  const [, expected, found] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (!expected || !found) return message;
  const what = found === 'undefined' ? 'nothing' : named(found);
  return `${what} where ${named(expected)} is expected`;
}

function named(type: string): string {
  if (type === 'null') return type;
  return `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
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

async function readDocument<T extends { readonly mediaType?: string | undefined }>(
  descriptor: Descriptor,
  wanted: z.ZodType<T>,
  documents: Documents,
): Promise<T> {
  const where = documents.where(descriptor);
  const document = parseJson(await readText(descriptor, documents), wanted, where);
  const { mediaType = descriptor.mediaType } = document;
  if (mediaType === descriptor.mediaType) return document;
  throw new InputError(
    `it says it is ${mediaType}, its descriptor ${descriptor.mediaType}`,
    { ...where, field: 'mediaType' },
    'the image is damaged: copy or fetch it again',
  );
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
