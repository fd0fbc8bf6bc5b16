import { InputError } from '../errors.ts';
import { parseConfig } from '../images/documents.ts';

const CONFIG_NAME = /^(?:[^/]+\.json|(?:blobs\/sha256\/|sha256:)?[0-9a-f]{64})$/;
/** As Docker before 25 named the layers it saved. */
const LAYER_NAME = /^[0-9a-f]{64}\/layer\.tar$/;

/** True for what must be read to tell whether an archive holds images. */
export function isTelling(name: string): boolean {
  return CONFIG_NAME.test(name);
}

/**
 * What shows that an archive holds saved images, though its manifest.json lists none: the configuration of an image, or a
 * layer, beside it. A root file system may have a manifest.json of its own, and has neither.
 */
export class SavedSigns {
  #hasList = false;
  #hasImage = false;

  see(name: string, content: Uint8Array | undefined): void {
    if (name === 'manifest.json') this.#hasList = true;
    else if (LAYER_NAME.test(name)) this.#hasImage = true;
    else if (content && isTelling(name)) this.#hasImage ||= isConfig(content);
  }

  get areThere(): boolean {
    return this.#hasList && this.#hasImage;
  }
}

function isConfig(content: Uint8Array): boolean {
  if (!/^\s*\{/.test(Buffer.from(content.subarray(0, 64)).toString('latin1'))) return false;
  try {
    parseConfig(Buffer.from(content).toString(), {});
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
