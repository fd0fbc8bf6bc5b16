import { type ByteSource, readRange } from '../streams/source.ts';
import { Budget } from '../trees/budget.ts';
import { readBody } from '../trees/extended.ts';
import { BLOCK, readHeader, roundUp } from '../trees/header.ts';
import { type PaxRecords, readPax } from '../trees/pax.ts';
import { lastData } from '../trees/segments.ts';
import { readTar, type TarEntry } from '../trees/tar.ts';
import { isExtension } from '../trees/typeflags.ts';

/** The files of a layer as a zTOC lists them: what Go's tar reader says of each, in tar order. */
export interface ListedFile {
  readonly entry: TarEntry;
  /** Where its content starts, or would start: bytes. */
  readonly contentOffset: number;
  /** All of its own PAX records, not only its attributes. */
  readonly records: PaxRecords;
}

export interface ListedFiles {
  readonly files: readonly ListedFile[];
  /** As far as a reader reads: the end marker, without padding after it. Bytes. */
  readonly archiveBytes: number;
}

export function listFiles(tar: ByteSource): ListedFiles {
  const budget = new Budget();
  const files = readTar(tar, {}, budget).entries.map((entry) => listFile(tar, entry, budget));
  const end = files.reduce((last, { contentOffset, entry: { segments } }) => {
    const content = lastData(segments);
    return Math.max(last, contentOffset, content ? content.offset + content.length : 0);
  }, 0);
  return { files, archiveBytes: Math.min(tar.length, roundUp(end) + 2 * BLOCK) };
}

function listFile(tar: ByteSource, entry: TarEntry, budget: Budget): ListedFile {
  let records: PaxRecords = new Map();
  for (let offset = entry.offset; ; ) {
    const where = { entry: entry.path, offset };
    const header = readHeader(readRange(tar, offset, BLOCK), where)!;
    const start = offset + BLOCK;
    if (!isExtension(header.type)) {
      for (const [keyword, value] of records) budget.chargeRecord(keyword, value, where);
      const [first] = entry.segments;
      return { entry, contentOffset: first?.offset ?? start, records };
    }
    if (header.type === 'x') {
      records = readPax(readBody(tar, header, start, where), where);
    }
    offset = start + roundUp(header.size);
  }
}
