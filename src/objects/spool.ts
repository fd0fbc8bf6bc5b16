import { closeSync, openSync } from 'node:fs';
import { writeError } from '../errors.ts';
import type { SourceDescriptor } from '../streams/source.ts';
import { writeAll } from '../write-whole.ts';
import { ObjectFiles, type SharedStore } from './store.ts';

/** Short pieces are written together: bytes. */
const TOGETHER = 1 << 20;

export type AnySpool = Spool | ObjectFiles | Places;

/** @param path of a file for what has no other place; in memory where absent */
export function spoolOf(
  {
    store,
    contents,
  }: { readonly store: SharedStore | undefined; readonly contents: Uint8Array | undefined },
  path: string | undefined,
): AnySpool {
  if (store) return new ObjectFiles(store);
  return contents ? new Places(contents) : new Spool(path);
}

/** What one thread appends, end to end: in a file of its own, or in memory where no path is given. */
export class Spool {
  readonly #path: string | undefined;
  readonly #descriptor: number | undefined;
  readonly #parts: Uint8Array[] = [];
  readonly #waiting = new Uint8Array(TOGETHER);
  #waitingLength = 0;
  #length = 0;

  /** @param path of a new file in a scratch directory */
  constructor(path: string | undefined) {
    this.#path = path;
    if (path === undefined) return;
    try {
      this.#descriptor = openSync(path, 'wx', 0o600);
    } catch (error) {
      throw writeError(error, path);
    }
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends a copy. */
  append(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#waitingLength + bytes.length > TOGETHER) this.#flush();
    if (bytes.length > TOGETHER) {
      this.#keep(bytes);
      return;
    }
    this.#waiting.set(bytes, this.#waitingLength);
    this.#waitingLength += bytes.length;
  }

  /** Where all of it is from now on. */
  finish(): SourceDescriptor {
    this.#flush();
    this.close();
    return this.#path === undefined
      ? { bytes: this.#joined() }
      : { path: this.#path, state: undefined, length: this.#length };
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }

  /** In memory that can be handed to another thread. */
  #joined(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts.splice(0)) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #flush(): void {
    if (this.#waitingLength > 0) this.#keep(this.#waiting.subarray(0, this.#waitingLength));
    this.#waitingLength = 0;
  }

  #keep(bytes: Uint8Array): void {
    if (this.#descriptor === undefined) this.#parts.push(bytes.slice());
    else writeAll(this.#descriptor, bytes, this.#path!);
  }
}

/** What several threads write each in its place, where it is known beforehand how long everything is. */
export class Places {
  readonly #contents: Uint8Array;
  #at = 0;
  #end = 0;

  constructor(contents: Uint8Array) {
    this.#contents = contents;
  }

  /** Where the next byte goes. */
  get length(): number {
    return this.#at;
  }

  /** Turns to a place. */
  begin(at: number, length: number): void {
    this.#at = at;
    this.#end = at + length;
  }

  /** What does not fit is left out: it is refused when its length is checked. */
  append(bytes: Uint8Array): void {
    const fitting = bytes.subarray(0, this.#end - this.#at);
    this.#contents.set(fitting, this.#at);
    this.#at += fitting.length;
  }

  finish(): SourceDescriptor {
    // Of its own each time: it is handed over, and gone then.
    return { bytes: new Uint8Array(0) };
  }

  close(): void {}
}
