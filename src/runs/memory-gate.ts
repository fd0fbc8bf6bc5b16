import { freemem } from 'node:os';
import { type ImageDescriptor, layerBytes } from '../images/image.ts';
import { limits } from '../limits.ts';
import type { Model } from '../models/model.ts';

/** Lets work begin while what all that is at work may hold fits into memory. One may always begin. */
export class MemoryGate {
  readonly #bytes: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /** @param bytes of memory: half of what is free where absent, since the images and the system's cache need the rest */
  constructor(bytes: number = freemem() / 2) {
    this.#bytes = bytes;
  }

  /** Runs `work`, which may hold so many bytes, once they are free. */
  async within<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    while (this.#taken > 0 && this.#taken + bytes > this.#bytes) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#taken += bytes;
    try {
      return await work();
    } finally {
      this.#taken -= bytes;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }
}

/** What packing and restoring an image may hold at most, entries beyond the usual aside: bytes. */
export function cellBytes(image: ImageDescriptor, { isSolid = false }: Model): number {
  if (!isSolid) return limits.cellBytes;
  // A piece, what it is compressed to, and the tables of the codec.
  return limits.cellBytes + 2.5 * Math.min(layerBytes(image), limits.solidBytes);
}
