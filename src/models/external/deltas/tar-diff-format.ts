import { createCodec } from '../../../codecs/mod.ts';
import { decompressStream } from '../../../codecs/read.ts';
import { InputError } from '../../../errors.ts';
import { limits } from '../../../limits.ts';
import { concatenate } from '../../../packers/blobs.ts';
import { ByteReader, ByteWriter } from '../../../serialisers/varint.ts';
import { type ByteSource, readRange } from '../../../streams/source.ts';

/** The file format of tar-diff (containers/tar-diff, file-format.md): operations that write a tar from the files of another. */

const MAGIC = new TextEncoder().encode('tardf1\n\0');
const DATA = 0;
const OPEN = 1;
const COPY = 2;
const ADD_DATA = 3;
const SEEK = 4;

/** Collects operations; those that would change nothing are left out. */
export class TarDiffWriter {
  readonly #operations = new ByteWriter();
  #file: string | undefined;
  #position = 0;

  /** Emits bytes. */
  data(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#operations.byte(DATA).bytes(bytes);
  }

  /** Goes to a place in a file of the old tree. @param path latin1, without leading slash */
  seek(path: string, position: number): void {
    if (path !== this.#file) {
      this.#operations.byte(OPEN).latin1(path);
      [this.#file, this.#position] = [path, 0];
    }
    if (position !== this.#position) this.#operations.byte(SEEK).number(position);
    this.#position = position;
  }

  /** Emits what follows in the file. */
  copy(length: number): void {
    if (length > 0) this.#operations.byte(COPY).number(length);
    this.#position += length;
  }

  /** Emits what follows in the file, with these differences added, byte by byte modulo 256. */
  add(differences: Uint8Array): void {
    if (differences.every((difference) => difference === 0)) {
      this.copy(differences.length);
      return;
    }
    this.#operations.byte(ADD_DATA).bytes(differences);
    this.#position += differences.length;
  }

  async finish(level: number): Promise<Uint8Array> {
    const zstd = await createCodec(`zstd:level=${level}`);
    return concatenate([MAGIC, zstd.compress(this.#operations.finish())]);
  }
}

/**
 * The tar that a delta leads to. Throws an InputError where the delta is damaged.
 *
 * @param files contents of the old tree's regular files, by path
 */
export async function applyTarDiff(
  delta: Uint8Array,
  files: ReadonlyMap<string, ByteSource>,
): Promise<Uint8Array> {
  if (!MAGIC.every((byte, index) => delta[index] === byte)) {
    throw new InputError('this is no tar-diff', {}, 'make the delta again');
  }
  const operations: Uint8Array[] = [];
  for await (const bytes of decompressStream(once(delta.subarray(MAGIC.length)), 'zstd')) {
    operations.push(bytes);
  }
  const reader = new ByteReader(concatenate(operations), 'tar-diff');
  const output: Uint8Array[] = [];
  let written = 0;
  const write = (bytes: Uint8Array): void => {
    written += bytes.length;
    // A few operations may copy one file for ever.
    if (written > limits.patchedBytes) throw reader.fault('it writes more than a tar may have');
    output.push(bytes);
  };
  let file: ByteSource | undefined;
  let position = 0;
  const take = (length: number): Uint8Array => {
    if (!file) throw reader.fault('no file is open');
    if (position + length > file.length) throw reader.fault('it reads beyond the end of a file');
    position += length;
    return readRange(file, position - length, length);
  };
  while (!reader.isAtEnd) {
    const operation = reader.byte();
    switch (operation) {
      case DATA:
        write(reader.bytes());
        break;
      case OPEN:
        file = files.get(reader.latin1());
        position = 0;
        break;
      case COPY:
        write(take(reader.number()));
        break;
      case ADD_DATA: {
        const differences = reader.bytes();
        const old = take(differences.length);
        write(old.map((byte, index) => byte + differences[index]!));
        break;
      }
      case SEEK:
        position = reader.number();
        break;
      default:
        throw reader.fault(`operation ${operation} is unknown`);
    }
  }
  return concatenate(output);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
