import { InputError, type Where } from '../errors.ts';
import { type ByteSource, readAll } from '../streams/source.ts';
import { chooseImage, listReferences, type Wish } from './choose.ts';
import {
  candidatesOf,
  checkDocumentSize,
  type DocumentDescriptor,
  type Documents,
  parseIndex,
} from './documents.ts';
import type { Files } from './files.ts';
import type { Descriptor } from './image.ts';
import type { Candidate, Chosen } from './platform-search.ts';

/** An OCI image layout (image-spec, image-layout.md): a directory, or a tar of one. */
export class Layout implements Documents {
  readonly #files: Files;
  /** True where there is one image, and for one platform. */
  #isSingle = false;

  constructor(files: Files) {
    this.#files = files;
  }

  /** The manifest's descriptor, through nested indexes. */
  async find(wish: Wish): Promise<Chosen<DocumentDescriptor>> {
    return chooseImage(await this.#candidates(), wish, { file: this.#place('index.json') });
  }

  /** What chooses each of its images. */
  async references(): Promise<readonly (string | undefined)[]> {
    return listReferences(await this.#candidates(), { file: this.#place('index.json') });
  }

  async read(descriptor: Descriptor): Promise<Uint8Array> {
    this.#check(descriptor);
    return this.#readBounded(blobName(descriptor));
  }

  where(descriptor: Descriptor): Where {
    return { file: this.#place(blobName(descriptor)) };
  }

  /** Of the size that is declared; not verified otherwise. */
  open(descriptor: Descriptor): ByteSource {
    this.#check(descriptor);
    const source = this.#files.open(blobName(descriptor));
    if (source.length === descriptor.size) return source;
    throw new InputError(
      `it has ${source.length} bytes, its descriptor says ${descriptor.size}`,
      this.where(descriptor),
      'the layout is damaged: copy it again',
    );
  }

  /** Path of a blob that is a file of its own. */
  pathOf(descriptor: Descriptor): string | undefined {
    return this.#files.pathOf(blobName(descriptor));
  }

  async #candidates(): Promise<readonly Candidate<DocumentDescriptor>[]> {
    const manifests = parseIndex(this.#readBounded('index.json'), {
      file: this.#place('index.json'),
    });
    const candidates = await candidatesOf(manifests, this);
    this.#isSingle = candidates.length === 1 && !candidates[0]!.members;
    return candidates;
  }

  /** Layouts are often copied for one platform, with the list of all. */
  #check(descriptor: Descriptor): void {
    if (this.#files.has(blobName(descriptor))) return;
    throw new InputError(
      `${descriptor.digest} is listed, and not there`,
      this.where(descriptor),
      this.#isSingle
        ? 'the layout is incomplete: copy the image again'
        : 'copy the image for this platform too, or choose another one with --platform',
    );
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
