import { isUtf8 } from 'node:buffer';
import type { Request } from '../fetchers/fetcher.ts';
import { CAUSES, type Cause } from './known.ts';
import type { Piece } from './layout.ts';
import type { Owner, Part, Span } from './spans.ts';
import { spread } from './spread.ts';

/** Some bytes that have path, layer and cause in common. */
export interface AttributedBytes {
  /** Of the tree, bytes that are no UTF-8 as `\\xff`; absent where the bytes belong to no path. */
  readonly path?: string;
  /** What they are instead. */
  readonly part?: Part;
  /** As the database of dpkg or apk in the image names it; absent where it names none. */
  readonly package?: string;
  /** dpkg's `Source`, apk's origin; absent with the package. */
  readonly sourcePackage?: string;
  /** Number of the layer of the image that the path comes from, from 0; absent where none is known. */
  readonly layer?: number;
  /** METHODS.md, "Attribution". */
  readonly cause: Cause;
  /** As they are stored or transferred. */
  readonly bytes: number;
  /** What they are before compression: bytes. */
  readonly uncompressedBytes: number;
}

/** Bytes of one record, divided without rest. */
export interface Attribution {
  /** Sum of `parts`, and the value of the record. */
  readonly bytes: number;
  /** Of them, as `transfer.content_bytes` and `stored.content_bytes` count: bytes. */
  readonly contentBytes: number;
  /** The others. */
  readonly metadataBytes: number;
  /** Most bytes first, then by path and cause. */
  readonly parts: readonly AttributedBytes[];
}

interface Sums {
  bytes: number;
  uncompressedBytes: number;
}

const NOTHING: Sums = { bytes: 0, uncompressedBytes: 0 };

/** Named once: an image has thousands, and each is compared a dozen times. */
interface Row {
  readonly name: string;
  readonly of: Sums & AttributedBytes;
}

/** Adds up bytes by what they belong to. */
export class Account {
  readonly #owners = new Map<Owner | Part, Map<Cause, Sums>>();
  readonly #roles = { content: 0, metadata: 0 };

  /** Divides stored bytes of a piece among what it is, in proportion to the bytes before compression. */
  add(
    role: Request['role'],
    { length, spans: read }: Pick<Piece, 'length' | 'spans'>,
    causeOf: (span: Span) => Cause,
    stored: number = length,
  ): void {
    if (stored === 0) return;
    this.#roles[role] += stored;
    const spans = read();
    const lengths = spans.map((span) => span.length);
    const isEmpty = lengths.every((one) => one === 0);
    const shares = spread(stored, isEmpty ? spans.map(() => 1) : lengths);
    const uncompressed = stored === length || isEmpty ? lengths : partOf(lengths, stored / length);
    for (const [number, span] of spans.entries()) {
      const sums = this.#sumsOf(span.of, causeOf(span));
      sums.bytes += shares[number]!;
      sums.uncompressedBytes += uncompressed[number]!;
    }
  }

  finish(): Attribution {
    const rows = new Map<string, Row>();
    for (const [of, byCause] of this.#owners) {
      const facts = factsOf(of);
      const { path = '', part = '', layer = -1, package: own = '\0', sourcePackage = '\0' } = facts;
      const name = `${path}\0${part}\0${layer}`;
      for (const [cause, sums] of byCause) {
        const key = [name, own, sourcePackage, cause].join('\0');
        const row = rows.get(key) ?? { name, of: { ...facts, cause, ...NOTHING } };
        row.of.bytes += sums.bytes;
        row.of.uncompressedBytes += sums.uncompressedBytes;
        rows.set(key, row);
      }
    }
    const { content, metadata } = this.#roles;
    return {
      bytes: content + metadata,
      contentBytes: content,
      metadataBytes: metadata,
      parts: [...rows.values()]
        .filter(({ of: { bytes, uncompressedBytes } }) => bytes > 0 || uncompressedBytes > 0)
        .sort(compareRows)
        .map((row) => row.of),
    };
  }

  #sumsOf(of: Owner | Part, cause: Cause): Sums {
    const byCause = this.#owners.get(of) ?? new Map<Cause, Sums>();
    this.#owners.set(of, byCause);
    const sums = byCause.get(cause) ?? { ...NOTHING };
    byCause.set(cause, sums);
    return sums;
  }
}

function partOf(lengths: readonly number[], share: number): readonly number[] {
  const whole = lengths.reduce((sum, one) => sum + one, 0);
  return spread(Math.round(whole * share), lengths);
}

function factsOf(of: Owner | Part): Omit<AttributedBytes, 'cause' | 'bytes' | 'uncompressedBytes'> {
  if (typeof of === 'string') return { part: of };
  const { path, layer, sourcePackage } = of;
  return {
    path: pathText(path),
    ...(of.package === undefined ? {} : { package: of.package }),
    ...(sourcePackage === undefined ? {} : { sourcePackage }),
    ...(layer === undefined ? {} : { layer }),
  };
}

/** A byte of a path that is no UTF-8 is written as `\\xff`, so that two such paths are two texts. */
function pathText(path: string): string {
  const bytes = Buffer.from(path, 'latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [4, 3, 2, 1].find(
      (count) => at + count <= bytes.length && isUtf8(bytes.subarray(at, at + count)),
    );
    text += length
      ? bytes.toString('utf8', at, at + length)
      : `\\x${bytes[at]!.toString(16).padStart(2, '0')}`;
    at += length ?? 1;
  }
  return text;
}

function compareRows(a: Row, b: Row): number {
  return (
    b.of.bytes - a.of.bytes ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) ||
    CAUSES.indexOf(a.of.cause) - CAUSES.indexOf(b.of.cause)
  );
}
