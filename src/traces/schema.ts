/**
 * The tables of a chunk trace. Their columns, order and meaning change only with {@link TRACE_VERSION}; docs/traces.md has
 * them as a table.
 */

/** Of the tables: a reader looks at it first. */
export const TRACE_VERSION = 1;

/** Chunks whose digests begin with the same so many bits lie together. */
export const PREFIX_BITS = 4;

export interface Column {
  readonly name: string;
  readonly type: 'INT32' | 'INT64' | 'STRING';
  /** Values recur: they are stored once a row group. */
  readonly isDictionary?: true;
  readonly doc: string;
}

/** Of a table, in the order of its columns. */
export type Columns = readonly Column[];

/** Below `chunks/chunker=N/prefix=P/`, which are two more columns to readers of hive partitions. */
export const CHUNKS: Columns = [
  {
    name: 'digest_high',
    type: 'INT64',
    doc: 'first 8 bytes of the 128-bit digest, big-endian, signed',
  },
  { name: 'digest_low', type: 'INT64', doc: 'last 8 bytes of it' },
  { name: 'length', type: 'INT64', doc: 'bytes before compression' },
  { name: 'image', type: 'INT32', isDictionary: true, doc: 'number of the image' },
  {
    name: 'stream',
    type: 'INT32',
    isDictionary: true,
    doc: 'number of the stream in the image, from 0',
  },
  {
    name: 'place',
    type: 'INT32',
    isDictionary: true,
    doc: 'number of the chunk in the stream, from 0',
  },
  {
    name: 'layer',
    type: 'INT32',
    isDictionary: true,
    doc: 'layer that the first byte comes from, from 0; −1 where no layer has it',
  },
  {
    name: 'path',
    type: 'INT32',
    isDictionary: true,
    doc: 'number of the path that the first byte is of; −1 of none',
  },
];

export const IMAGES: Columns = [
  { name: 'image', type: 'INT32', doc: 'number in series order, from 0' },
  { name: 'id', type: 'STRING', doc: 'id in the dataset' },
  { name: 'digest', type: 'STRING', doc: 'sha256 over its diff ids' },
];

export const CHUNKERS: Columns = [
  { name: 'chunker', type: 'INT32', doc: 'number as in the names of partitions, from 0' },
  { name: 'id', type: 'STRING', doc: 'canonical id' },
  { name: 'serialiser', type: 'STRING', doc: 'canonical id of what made the streams' },
];

export const PATHS: Columns = [
  { name: 'image', type: 'INT32', isDictionary: true, doc: 'number of the image' },
  { name: 'path', type: 'INT32', doc: 'number in the tree of the image, from 0' },
  { name: 'name', type: 'STRING', doc: 'below the root; bytes that are no UTF-8 are U+FFFD' },
  {
    name: 'type',
    type: 'STRING',
    isDictionary: true,
    doc: 'by the first bytes of a regular file: elf, script, archive, image, bytecode, text, other or empty; else the type of the entry',
  },
  {
    name: 'package',
    type: 'STRING',
    isDictionary: true,
    doc: 'that owns it by dpkg or apk; empty where none does',
  },
  {
    name: 'source_package',
    type: 'STRING',
    isDictionary: true,
    doc: 'that its package was built from; empty as above',
  },
  { name: 'size', type: 'INT64', doc: 'bytes of content' },
];

export type TableName = 'chunks' | 'images' | 'chunkers' | 'paths';

export const TABLES: Readonly<Record<TableName, Columns>> = {
  chunks: CHUNKS,
  images: IMAGES,
  chunkers: CHUNKERS,
  paths: PATHS,
};
