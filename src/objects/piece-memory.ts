import { createHash } from 'node:crypto';

/**
 * Compressed pieces that the threads of a run have in common: a content is compressed once by a codec, whichever image, model
 * or thread meets it first. A codec without a dictionary depends on the content alone, so nothing else changes. Memory that
 * is never given back and never moves: what finds no room is compressed again.
 */
export interface PieceMemory {
  /** Rows of {@link ROW} numbers each: open addressing. */
  readonly rows: Int32Array;
  /** Contents of the pieces, end to end. */
  readonly bytes: Uint8Array;
  /** How many bytes, and how many rows, are taken. */
  readonly taken: Int32Array;
}

/** Numbers of a row: its state, where its piece starts and how long it is, then the key. */
const STATE = 0;
const START = 1;
const LENGTH = 2;
const KEY = 3;
const KEY_NUMBERS = 8;
const ROW = KEY + KEY_NUMBERS;

/** State of a row: 0 is free. Only whole ones are read; a restored one is whole, and somebody has decompressed its piece to the content. */
const CLAIMED = 1;
const WHOLE = 2;
const RESTORED = 3;

/** Places of the two counters. */
const BYTES = 0;
const ROWS = 1;

/** Part of the memory that one piece may take: whole layers are hardly met again, and would leave no room. */
const LONGEST = 1 / 32;

/** A piece this long has a row for itself in a table that is half full: bytes. */
const MEAN = 4 << 10;

/** @param bytes that the pieces may take; the system gives what is written to, no more */
export function createPieceMemory(bytes: number): PieceMemory {
  const rows = 2 ** Math.ceil(Math.log2(Math.max(16, (2 * bytes) / MEAN)));
  return {
    rows: new Int32Array(new SharedArrayBuffer(4 * ROW * rows)),
    bytes: new Uint8Array(new SharedArrayBuffer(bytes)),
    taken: new Int32Array(new SharedArrayBuffer(8)),
  };
}

/** Where a piece lies in {@link PieceMemory.bytes}: bytes. */
export interface KeptPiece {
  readonly offset: number;
  readonly length: number;
}

/** What one thread sees of it, for one codec. */
export class RememberedPieces {
  readonly #memory: PieceMemory;
  /** sha256 of the codec's id. */
  readonly #codec: Uint8Array;
  /** Of the content that is looked for: there are hundreds of thousands. */
  readonly #key = new Uint8Array(4 * KEY_NUMBERS);
  readonly #keyNumbers = new Int32Array(this.#key.buffer);

  /** @param codec canonical id of a codec without a dictionary */
  constructor(memory: PieceMemory, codec: string) {
    this.#memory = memory;
    this.#codec = createHash('sha256').update(codec).digest();
  }

  /** Where the piece lies that a content was compressed to; undefined where nobody has told. @param digest sha256 of the content */
  find(digest: Uint8Array): KeptPiece | undefined {
    const row = this.#rowOf(digest);
    return row === undefined ? undefined : this.#placeOf(row);
  }

  /** True of a piece of which it is known that it decompresses to the content: somebody did so. */
  isRestored(digest: Uint8Array, piece: () => Uint8Array): boolean {
    const row = this.#rowOf(digest);
    if (row === undefined || Atomics.load(this.#memory.rows, row + STATE) !== RESTORED)
      return false;
    return this.#isPiece(row, piece());
  }

  /** Tells that this piece was decompressed to the content, which has this digest. Of a piece that is not kept it is forgotten. */
  tellRestored(digest: Uint8Array, piece: () => Uint8Array): void {
    const row = this.#rowOf(digest);
    if (row === undefined || !this.#isPiece(row, piece())) return;
    Atomics.compareExchange(this.#memory.rows, row + STATE, WHOLE, RESTORED);
  }

  /** Keeps a copy of the piece. Returns where; undefined where there is no room. */
  keep(digest: Uint8Array, piece: Uint8Array): KeptPiece | undefined {
    const { rows, bytes, taken } = this.#memory;
    const { length } = piece;
    if (length > LONGEST * bytes.length) return undefined;
    const start = take(taken, BYTES, length, bytes.length);
    if (start < 0 || take(taken, ROWS, 1, rows.length / ROW / 2) < 0) return undefined;
    const key = this.#keyOf(digest);
    let row = this.#firstRow(key);
    while (Atomics.compareExchange(rows, row + STATE, 0, CLAIMED) !== 0) row = this.#nextRow(row);
    bytes.set(piece, start);
    rows.set(key, row + KEY);
    rows[row + START] = start;
    rows[row + LENGTH] = length;
    Atomics.store(rows, row + STATE, WHOLE);
    return { offset: start, length };
  }

  /** Offset of the row that has the piece of a content; undefined where there is none. */
  #rowOf(digest: Uint8Array): number | undefined {
    const key = this.#keyOf(digest);
    for (let row = this.#firstRow(key); ; row = this.#nextRow(row)) {
      const state = Atomics.load(this.#memory.rows, row + STATE);
      if (state === 0) return undefined;
      if (state !== CLAIMED && this.#isKey(row, key)) return row;
    }
  }

  /** Whole pieces do not change any more. */
  #placeOf(row: number): KeptPiece {
    const { rows } = this.#memory;
    return { offset: rows[row + START]!, length: rows[row + LENGTH]! };
  }

  #isPiece(row: number, piece: Uint8Array): boolean {
    const { offset, length } = this.#placeOf(row);
    if (length !== piece.length) return false;
    return Buffer.compare(this.#memory.bytes.subarray(offset, offset + length), piece) === 0;
  }

  /** Offset of the row where the key belongs; where that is taken, the next: there is always a free one. */
  #firstRow(key: Int32Array): number {
    return ROW * (key[0]! & (this.#memory.rows.length / ROW - 1));
  }

  #nextRow(row: number): number {
    return (row + ROW) % this.#memory.rows.length;
  }

  #isKey(row: number, key: Int32Array): boolean {
    const { rows } = this.#memory;
    for (let index = 0; index < KEY_NUMBERS; index++) {
      if (rows[row + KEY + index] !== key[index]) return false;
    }
    return true;
  }

  /** Holds until the next. Both are sha256, so that no two pairs that differ give one key. */
  #keyOf(digest: Uint8Array): Int32Array {
    for (let index = 0; index < this.#key.length; index++) {
      this.#key[index] = digest[index]! ^ this.#codec[index]!;
    }
    return this.#keyNumbers;
  }
}

/** Takes so many of what a counter counts. Returns how many were taken before; −1 where there are too few. */
function take(counters: Int32Array, place: number, count: number, most: number): number {
  for (;;) {
    const before = Atomics.load(counters, place);
    if (before + count > most) return -1;
    if (Atomics.compareExchange(counters, place, before, before + count) === before) return before;
  }
}
