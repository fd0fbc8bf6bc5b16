import { InputError, VerificationError } from '../errors.ts';
import { formatSize } from '../ids.ts';
import { limits } from '../limits.ts';

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
