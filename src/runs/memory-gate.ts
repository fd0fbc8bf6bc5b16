import { freemem } from 'node:os';
import { type ImageDescriptor, layerBytes } from '../images/image.ts';
import { limits } from '../limits.ts';
import type { Model } from '../models/model.ts';

interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

/** Lets work begin, in the order of the calls, while what all that is at work may hold fits into memory. One may always begin. */
export class MemoryGate {
  readonly #bytes: number;
  readonly #waiting: Waiting[] = [];
  #taken = 0;

  /** @param bytes of memory */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Runs `work`, which may hold so many bytes, once they are free. */
  async within<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ bytes, begin });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#taken -= bytes;
      this.#admit();
    }
  }

  #admit(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (!next || (this.#taken > 0 && this.#taken + next.bytes > this.#bytes)) return;
      this.#waiting.shift();
      this.#taken += next.bytes;
      next.begin();
    }
  }
}

/** Half of what is free: the images and the system's cache need the rest. Bytes. */
export function halfOfFree(): number {
  return freemem() / 2;
}

/** The gate for the cells of a run. @param workers of the run @param most bytes that all cells may hold, however many workers */
export function cellGate(workers: number, most: number = halfOfFree()): MemoryGate {
  return new MemoryGate(Math.min(most, workers * limits.workerBytes));
}

/** What packing and restoring an image may hold at most, entries beyond the usual aside: bytes. */
export function cellBytes(image: ImageDescriptor, { isSolid = false }: Model): number {
  if (!isSolid) return limits.cellBytes;
  // A piece, what it is compressed to, and the tables of the codec.
  return limits.cellBytes + 2.5 * Math.min(layerBytes(image), limits.wholeBytes);
}
