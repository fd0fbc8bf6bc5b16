import { InputError, VerificationError } from '../errors.ts';
import { formatSize } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Codec } from './codec.ts';

/** Longest piece that a codec holds whole: bytes. */
export function heldBy({ steps, heldBytes = 0 }: Codec): number {
  return steps ? heldBytes : Number.POSITIVE_INFINITY;
}

export function checkSolid(length: number): void {
  if (length <= limits.solidBytes) return;
  throw new InputError(
    `a piece of ${length} bytes cannot be compressed in one call`,
    {},
    `choose a chunker: at most ${formatSize(limits.solidBytes)} fit in WebAssembly memory`,
  );
}

export function checkLength<Content extends { readonly length: number }>(
  content: Content,
  length: number,
): Content {
  if (content.length === length) return content;
  throw new VerificationError(
    `decompressed to ${content.length} bytes instead of ${length}`,
    {},
    'the store altered an object: pack the image again',
  );
}
