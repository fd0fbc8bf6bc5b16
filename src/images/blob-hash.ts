import { createHash, type Hash } from 'node:crypto';
import { InputError } from '../errors.ts';
import type { Cache } from './cache.ts';

/** Lengths in hexadecimal digits. */
const ALGORITHMS: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

/** Of a digest such as `sha512:…`. Throws an InputError for any other algorithm, and for what is no digest. */
export function algorithmOf(digest: string): string {
  const [, algorithm = '', hex = ''] = /^(sha\d+):([0-9a-f]+)$/.exec(digest) ?? [];
  if (ALGORITHMS[algorithm] === hex.length) return algorithm;
  throw new InputError(
    `illegal digest '${digest}'`,
    {},
    'give sha256: and 64 lower-case hexadecimal digits, or sha512: and 128',
  );
}

/** Digests of bytes as they come: that which is promised for them, and the sha256 that names them in the cache. */
export class BlobHash {
  readonly #algorithm: string;
  readonly #sha256: Hash = createHash('sha256');
  readonly #other: Hash | undefined;

  /** @param promised `sha256:…` or `sha512:…` */
  constructor(promised: string = `sha256:${'0'.repeat(64)}`) {
    this.#algorithm = algorithmOf(promised);
    this.#other = this.#algorithm === 'sha256' ? undefined : createHash(this.#algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.#other?.update(bytes);
  }

  /** Of all bytes so far, by the algorithm of what was promised. */
  digest(): string {
    return `${this.#algorithm}:${(this.#other ?? this.#sha256).copy().digest('hex')}`;
  }

  sha256(): string {
    return `sha256:${this.#sha256.copy().digest('hex')}`;
  }
}

/** The digest by which the cache has a blob; undefined where it was never there. */
export function nameInCache(digest: string, cache: Cache): string | undefined {
  if (algorithmOf(digest) === 'sha256') return digest;
  const known = cache.recall(factOf(digest));
  return typeof known === 'string' && /^sha256:[0-9a-f]{64}$/.test(known) ? known : undefined;
}

/** Remembers, of a blob that is pinned by another digest than sha256, which blob of the cache it is. */
export function rememberName(digest: string, sha256: string, cache: Cache): void {
  if (digest !== sha256) cache.remember(factOf(digest), sha256);
}

function factOf(digest: string): string {
  return `sha256 of ${digest}`;
}
