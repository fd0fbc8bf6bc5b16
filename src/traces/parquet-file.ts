import type { ColumnSource, ParquetWriter, SchemaElement } from 'hyparquet-writer';
import type { Codec } from '../codecs/codec.ts';
import { createZstd } from '../codecs/zstd.ts';
import { closeWhole, openAppended, writeAll } from '../write-whole.ts';
import { type Columns, TRACE_VERSION } from './schema.ts';

/** Values of one column. */
export type ColumnValues = readonly (number | string)[] | Int32Array | BigInt64Array;

type Library = typeof import('hyparquet-writer');

/** What writing Parquet needs, loaded once: few verbs do, and all would wait for it. */
export class ParquetFormat {
  readonly #library: Library;
  readonly #zstd: Codec;

  private constructor(library: Library, zstd: Codec) {
    this.#library = library;
    this.#zstd = zstd;
  }

  static async load(): Promise<ParquetFormat> {
    return new ParquetFormat(await import('hyparquet-writer'), await createZstd(3));
  }

  /** A file to which row groups are added; it is open while one is written only. */
  create(path: string, columns: Columns): ParquetFile {
    const buffer = new this.#library.ByteWriter();
    const writer = new this.#library.ParquetWriter({
      writer: buffer,
      schema: schemaOf(columns),
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes: Uint8Array) => this.#zstd.compress(bytes) },
      kvMetadata: [{ key: 'ocibench.trace', value: String(TRACE_VERSION) }],
      createdBy: 'ocibench',
    });
    return new ParquetFile(path, columns, writer, buffer);
  }
}

/** Row groups compressed by zstd, pages of a MiB. The same rows are the same bytes on every runtime. */
export class ParquetFile {
  readonly #path: string;
  readonly #columns: Columns;
  readonly #writer: ParquetWriter;
  readonly #buffer: InstanceType<Library['ByteWriter']>;

  constructor(
    path: string,
    columns: Columns,
    writer: ParquetWriter,
    buffer: InstanceType<Library['ByteWriter']>,
  ) {
    this.#path = path;
    this.#columns = columns;
    this.#writer = writer;
    this.#buffer = buffer;
  }

  /** A row group. @param values by column, as many each */
  add(values: readonly ColumnValues[]): void {
    const columnData: ColumnSource[] = this.#columns.map(
      ({ name, type, isDictionary }, number) => ({
        name,
        data: columnOf(type, values[number]!),
        ...(isDictionary
          ? { encoding: 'RLE_DICTIONARY' }
          : type === 'STRING'
            ? {}
            : { encoding: 'PLAIN' }),
      }),
    );
    const rows = values[0]!.length;
    if (rows > 0) this.#writer.write({ columnData, rowGroupSize: rows });
    this.#flush();
  }

  finish(): void {
    this.#writer.finish();
    this.#flush();
  }

  #flush(): void {
    const descriptor = openAppended(this.#path);
    try {
      writeAll(descriptor, this.#buffer.getBytes(), this.#path);
    } finally {
      closeWhole(descriptor, this.#path);
    }
    // What it has written in all stays counted: offsets in the file go by it.
    this.#buffer.index = 0;
  }
}

function schemaOf(columns: Columns): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(
      ({ name, type }): SchemaElement =>
        type === 'STRING'
          ? { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' }
          : { name, type, repetition_type: 'REQUIRED' },
    ),
  ];
}

function columnOf(type: string, values: ColumnValues): ColumnSource['data'] {
  if (type !== 'INT64' || values instanceof BigInt64Array) return values as ColumnSource['data'];
  return BigInt64Array.from(values as readonly number[], BigInt);
}
