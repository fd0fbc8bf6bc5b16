import { InputError, type Where } from '../errors.ts';
import { listed } from '../listed.ts';
import { type ByteSource, readAll } from '../streams/source.ts';
import {
  checkDocumentSize,
  type DocumentDescriptor,
  type Documents,
  findManifest,
  parseIndex,
} from './documents.ts';
import { type Files, openFiles } from './files.ts';
import type { Descriptor } from './image.ts';

const REFERENCE = 'org.opencontainers.image.ref.name';

/** An OCI image layout (image-spec, image-layout.md): a directory, or a tar of one. */
export class Layout implements Documents {
  readonly #files: Files;

  constructor(path: string) {
    this.#files = openFiles(path);
  }

  close(): void {
    this.#files.close();
  }

  /**
   * The manifest's descriptor, through nested indexes.
   * @param reference value of org.opencontainers.image.ref.name; may be left out where the layout has one image
   */
  async find(reference: string | undefined, platform: string): Promise<DocumentDescriptor> {
    const where = { file: this.#place('index.json') };
    const manifests = parseIndex(this.#readBounded('index.json'), where);
    const named = manifests.filter(
      ({ annotations }) => reference === undefined || annotations?.[REFERENCE] === reference,
    );
    const [only, ...more] = named;
    if (only && more.length === 0) return findManifest(only, platform, this);
    const names = manifests.map(({ annotations }) => annotations?.[REFERENCE]);
    throw new InputError(
      `${named.length} images match '${reference ?? ''}'`,
      where,
      `give a reference: ${listed(names.map((name) => name ?? '(no name)'))}`,
    );
  }

  async read(descriptor: Descriptor): Promise<Uint8Array> {
    return this.#readBounded(blobName(descriptor));
  }

  where(descriptor: Descriptor): Where {
    return { file: this.#place(blobName(descriptor)) };
  }

  /** Not verified. */
  open(descriptor: Descriptor): ByteSource {
    return this.#files.open(blobName(descriptor));
  }

  /** Path of a blob that is a file of its own. */
  pathOf(descriptor: Descriptor): string | undefined {
    return this.#files.pathOf(blobName(descriptor));
  }

  #readBounded(name: string): Uint8Array {
    const source = this.#files.open(name);
    checkDocumentSize(source.length, { file: this.#place(name) });
    return readAll(source);
  }

  #place(name: string): string {
    return this.#files.pathOf(name) ?? `${this.#files.path}: ${name}`;
  }
}

function blobName({ digest }: Descriptor): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}
