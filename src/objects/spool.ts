import { closeSync, openSync } from 'node:fs';
import { writeError } from '../errors.ts';
import type { SourceDescriptor } from '../streams/source.ts';
import { writeAll } from '../write-whole.ts';

/** Short pieces are written together: bytes. */
const TOGETHER = 1 << 20;

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
      ? { bytes: new Uint8Array(Buffer.concat(this.#parts)) }
      : { path: this.#path, state: undefined, length: this.#length };
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
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
