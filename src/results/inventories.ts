import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { storageError } from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import type { Contents } from '../measures/contents.ts';
import { sha256 } from '../packers/blobs.ts';
import type { Inventory } from '../packers/inventory.ts';
import { METHOD } from './record.ts';

/** Stands where a model does: no model has this id. */
const CONTENTS = '*';

/** Inventories of finished cells, kept while a run is under way so that an interrupted one need not pack again. */
export class Inventories {
  readonly #directory: string;

  constructor(run: string) {
    this.#directory = join(run, 'cells');
    makeDirectories(this.#directory);
  }

  /** undefined where the cell has not ended, or what was kept is not readable. */
  read(image: string, model: string): Inventory | undefined {
    return this.#read(image, model) as Inventory | undefined;
  }

  /** @param image the key of its `cellInputs` */
  write(image: string, model: string, inventory: Inventory): void {
    this.#write(image, model, inventory);
  }

  /** As {@link read}: what the image holds, whatever the model. */
  readContents(image: string): Contents | undefined {
    return this.#read(image, CONTENTS) as Contents | undefined;
  }

  writeContents(image: string, contents: Contents): void {
    this.#write(image, CONTENTS, contents);
  }

  #read(image: string, model: string): unknown {
    try {
      return deserialize(readFileSync(this.#path(image, model)));
    } catch {
      return undefined;
    }
  }

  #write(image: string, model: string, facts: object): void {
    const path = this.#path(image, model);
    try {
      writeFileSync(`${path}.tmp`, serialize(facts));
      renameSync(`${path}.tmp`, path);
    } catch (error) {
      throw storageError(error, path);
    }
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #path(image: string, model: string): string {
    return join(this.#directory, sha256(Buffer.from(`${METHOD}\n${image}\n${model}`)));
  }
}
