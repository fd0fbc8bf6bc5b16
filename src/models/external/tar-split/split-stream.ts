import { gunzipSync } from 'node:zlib';
import { InputError } from '../../../errors.ts';
import { limits } from '../../../limits.ts';

/** A file of the archive whose content tar-split leaves out. */
export interface Payload {
  /** As in a tree: latin1, without leading or trailing slash. */
  readonly path: string;
  /** Bytes; never 0. */
  readonly size: number;
}

/** A line of tar-split's stream: vbatts/tar-split, tar/storage/entry.go. */
interface Line {
  readonly type?: unknown;
  readonly name?: unknown;
  /** Base64, where the name is no UTF-8. */
  readonly name_raw?: unknown;
  readonly size?: unknown;
}

const FILE = 1;

/** The payloads in the order of the archive. Throws an InputError where the bytes are no such stream. */
export function readPayloads(compressed: Uint8Array): readonly Payload[] {
  let text: string;
  try {
    text = gunzipSync(compressed, { maxOutputLength: limits.solidBytes }).toString('utf8');
  } catch (cause) {
    throw damaged('is no gzip', { cause });
  }
  return text.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    const { type, name, name_raw: raw, size = 0 } = parse(line, index);
    if (type !== FILE || size === 0) return [];
    if (!Number.isSafeInteger(size)) throw damaged(`states a size of ${size}`);
    const path =
      typeof raw === 'string'
        ? Buffer.from(raw, 'base64').toString('latin1')
        : Buffer.from(String(name)).toString('latin1');
    return { path: path.replace(/^\.\//, ''), size: Number(size) };
  });
}

function parse(line: string, index: number): Line {
  try {
    return JSON.parse(line) as Line;
  } catch (cause) {
    throw damaged(`is no JSON in line ${index + 1}`, { cause });
  }
}

function damaged(what: string, options: ErrorOptions = {}): InputError {
  return new InputError(`the tar-split stream ${what}`, {}, 'pack the image again', options);
}
