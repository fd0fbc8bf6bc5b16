import { join } from 'node:path';
import { DIGEST_BYTES } from '../accounting/window.ts';
import { limits } from '../limits.ts';
import { makeDirectories } from '../make-directories.ts';
import type { ParquetFile, ParquetFormat } from './parquet-file.ts';
import { CHUNKS, PREFIX_BITS } from './schema.ts';

/** What of a chunk is known beside its digest and length. */
export interface ChunkPlace {
  readonly image: number;
  readonly stream: number;
  readonly place: number;
  readonly layer: number;
  readonly path: number;
}

const PREFIXES = 1 << PREFIX_BITS;
const NUMBERS = 5;

/**
 * The chunks of a trace, in files by chunker and by the first bits of the digest. So many rows are held at most, whatever
 * there is: the fullest partitions become row groups, sorted by digest, then by place.
 */
export class ChunkTable {
  readonly #directory: string;
  readonly #format: ParquetFormat;
  readonly #partitions = new Map<number, Partition>();
  #held = 0;

  constructor(directory: string, format: ParquetFormat) {
    this.#directory = directory;
    this.#format = format;
  }

  /** @param digests the digest begins at `at` */
  add(chunker: number, digests: Uint8Array, at: number, length: number, place: ChunkPlace): void {
    const key = chunker * PREFIXES + (digests[at]! >> (8 - PREFIX_BITS));
    let partition = this.#partitions.get(key);
    if (!partition) {
      partition = new Partition(this.#fileOf(key));
      this.#partitions.set(key, partition);
    }
    partition.add(digests, at, length, place);
    if (++this.#held >= limits.traceRows) this.#spill();
  }

  finish(): void {
    for (const partition of this.#partitions.values()) partition.finish();
  }

  /** Empties those that hold most, until half is free. */
  #spill(): void {
    const fullest = [...this.#partitions.values()].sort((a, b) => b.rows - a.rows);
    for (const partition of fullest) {
      if (this.#held <= limits.traceRows / 2) return;
      this.#held -= partition.rows;
      partition.write();
    }
  }

  #fileOf(key: number): ParquetFile {
    const [chunker, prefix] = [Math.floor(key / PREFIXES), key % PREFIXES];
    const directory = join(this.#directory, `chunker=${chunker}`, `prefix=${prefix}`);
    makeDirectories(directory);
    return this.#format.create(join(directory, 'chunks.parquet'), CHUNKS);
  }
}

/** Rows of one file that are not written yet. */
class Partition {
  readonly #file: ParquetFile;
  #digests = new Uint8Array(DIGEST_BYTES * 256);
  #lengths = new Float64Array(256);
  #numbers = new Int32Array(NUMBERS * 256);
  rows = 0;

  constructor(file: ParquetFile) {
    this.#file = file;
  }

  add(digests: Uint8Array, at: number, length: number, place: ChunkPlace): void {
    if (this.rows === this.#lengths.length) this.#grow();
    const row = this.rows++;
    this.#digests.set(digests.subarray(at, at + DIGEST_BYTES), DIGEST_BYTES * row);
    this.#lengths[row] = length;
    const { image, stream, place: number, layer, path } = place;
    this.#numbers.set([image, stream, number, layer, path], NUMBERS * row);
  }

  /** A row group of all that is held. */
  write(): void {
    const order = this.#order();
    const view = Buffer.from(this.#digests.buffer);
    const digests = (offset: number): BigInt64Array =>
      BigInt64Array.from(order, (row) => view.readBigInt64BE(DIGEST_BYTES * row + offset));
    const numbers = (column: number): Int32Array =>
      Int32Array.from(order, (row) => this.#numbers[NUMBERS * row + column]!);
    const lengths = BigInt64Array.from(order, (row) => BigInt(this.#lengths[row]!));
    const columns = [0, 1, 2, 3, 4].map(numbers);
    this.#file.add([digests(0), digests(DIGEST_BYTES / 2), lengths, ...columns]);
    this.rows = 0;
  }

  finish(): void {
    if (this.rows > 0) this.write();
    this.#file.finish();
  }

  /** Rows by digest; equal ones as they came, which is by place. */
  #order(): Uint32Array {
    const view = new DataView(this.#digests.buffer);
    // 48 bits are a number that compares fast, and tell nearly all digests apart.
    const keys = Float64Array.from({ length: this.rows }, (_, row) => {
      const at = DIGEST_BYTES * row;
      return view.getUint32(at) * 0x10000 + view.getUint16(at + 4);
    });
    const rest = (row: number): Uint8Array =>
      this.#digests.subarray(DIGEST_BYTES * row + 6, DIGEST_BYTES * (row + 1));
    return Uint32Array.from({ length: this.rows }, (_, row) => row).sort(
      (a, b) => keys[a]! - keys[b]! || Buffer.compare(rest(a), rest(b)) || a - b,
    );
  }

  #grow(): void {
    const room = 2 * this.#lengths.length;
    const digests = new Uint8Array(DIGEST_BYTES * room);
    digests.set(this.#digests);
    const lengths = new Float64Array(room);
    lengths.set(this.#lengths);
    const numbers = new Int32Array(NUMBERS * room);
    numbers.set(this.#numbers);
    [this.#digests, this.#lengths, this.#numbers] = [digests, lengths, numbers];
  }
}
