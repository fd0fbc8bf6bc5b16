import { CATAR, ENTRY_SIZE, RECORD_HEADER, TYPE_BITS } from '../serialisers/catar-format.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import { pathFromBytes } from '../trees/tree.ts';
import type { Owners } from './owners.ts';
import { type Owner, Spans } from './spans.ts';

/** The records of a catar that was just written: it is read without doubt. */
export function catarSpans(catar: ByteSource, owners: Owners): Spans {
  const spans = new Spans();
  const directories: Owner[] = [];
  let owner = owners.at('');
  let offset = 0;
  while (offset < catar.length) {
    const record = new DataView(readRange(catar, offset, RECORD_HEADER).buffer);
    const size = Number(record.getBigUint64(0, true));
    const type = record.getBigUint64(8, true);
    if (type === CATAR.goodbye) {
      spans.add(size, directories.pop()!, 'index');
    } else if (type === CATAR.payload) {
      spans.add(RECORD_HEADER, owner, 'header');
      spans.add(size - RECORD_HEADER, owner, 'content');
    } else {
      if (type === CATAR.filename) {
        const body = readRange(catar, offset + RECORD_HEADER, size - RECORD_HEADER - 1);
        const above = directories.at(-1)!.path;
        owner = owners.at(`${above}${above === '' ? '' : '/'}${pathFromBytes(body)}`);
      } else if (type === CATAR.entry && isDirectory(catar, offset)) {
        directories.push(owner);
      }
      spans.add(size, owner, 'header');
    }
    offset += size;
  }
  return spans;
}

const MODE = 24;

function isDirectory(catar: ByteSource, offset: number): boolean {
  const mode = new DataView(readRange(catar, offset, ENTRY_SIZE).buffer).getBigUint64(MODE, true);
  return (Number(mode) & 0o170000) === TYPE_BITS.directory;
}
