import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import { Budget } from '../trees/budget.ts';
import {
  type Entry,
  type EntryType,
  type Inode,
  NO_TARGET,
  NO_XATTRS,
  pathBytes,
  pathFromBytes,
  type Tree,
} from '../trees/tree.ts';
import { CAPABILITY_XATTR, CATAR, ENTRY_SIZE, RECORD_HEADER, TYPE_BITS } from './catar-format.ts';
import { checkEntries } from './check.ts';

/** Reads a catar back: contents stay slices of the source. Throws an InputError with the offset where it is malformed. */
export function catarToTree(source: ByteSource): Tree {
  const entries: Entry[] = [];
  const directories: string[] = [];
  const reader = new Reader(source);
  const budget = new Budget();
  let name: string | undefined = '';
  while (reader.offset < source.length) {
    const { type, size } = reader.header();
    if (type === CATAR.goodbye) {
      if (directories.pop() === undefined) throw reader.fault('a directory ends that none began');
      reader.skip(size);
      if (directories.length === 0 && reader.offset !== source.length) {
        throw reader.fault('bytes follow the end of the archive');
      }
    } else if (type === CATAR.filename) {
      name = reader.terminated(size);
      if (name === '' || name === '.' || name === '..' || name.includes('/')) {
        throw reader.fault(`'${name}' is no file name`);
      }
    } else if (type === CATAR.entry) {
      if (name === undefined) throw reader.fault('an entry has no name');
      const parent = directories.at(-1);
      const path = parent === undefined || parent === '' ? name : `${parent}/${name}`;
      const where = { entry: path, offset: reader.offset };
      if (path.length > limits.pathBytes) throw reader.fault(`a path has ${path.length} bytes`);
      if (entries.length >= limits.entries)
        throw reader.fault(`more than ${limits.entries} entries`);
      budget.charge(path.length, where);
      const inode = readInode(reader, size, budget, where);
      entries.push({ path, inode });
      if (inode.type === 'directory' && directories.push(path) > limits.pathDepth + 1) {
        throw reader.fault(`directories are more than ${limits.pathDepth} deep`);
      }
      name = undefined;
    } else {
      throw reader.fault(`unexpected record ${type.toString(16)}`);
    }
  }
  if (directories.length > 0) throw reader.fault('the archive ends inside a directory');
  return { entries: checkEntries(entries), sources: [source] };
}

const TYPES: ReadonlyMap<number, EntryType> = new Map(
  (Object.keys(TYPE_BITS) as EntryType[]).map((type) => [TYPE_BITS[type], type]),
);

function readInode(reader: Reader, size: number, budget: Budget, where: Where): Inode {
  if (size !== ENTRY_SIZE) throw reader.fault(`an entry has ${size} bytes`);
  const view = reader.view(size);
  const mode = Number(view.getBigUint64(24, true));
  const type = TYPES.get(mode & 0o170000);
  if (!type) throw reader.fault(`unknown file type in mode ${mode.toString(8)}`);
  let xattrs: Map<string, Uint8Array> | undefined;
  let target = NO_TARGET;
  let [major, minor, length, offset] = [0, 0, 0, 0];
  for (;;) {
    if (reader.offset >= reader.length) break;
    const { type: record, size: bytes } = reader.header();
    if (record === CATAR.filename || record === CATAR.goodbye || record === CATAR.entry) break;
    if (record === CATAR.payload) {
      offset = reader.offset + RECORD_HEADER;
      length = bytes - RECORD_HEADER;
      reader.skip(bytes);
    } else if (record === CATAR.symlink) {
      target = pathBytes(reader.terminated(bytes));
      budget.charge(target.length, where);
    } else if (record === CATAR.device) {
      if (bytes !== RECORD_HEADER + 16) throw reader.fault(`a device has ${bytes} bytes`);
      const device = reader.view(bytes);
      major = Number(device.getBigUint64(16, true));
      minor = Number(device.getBigUint64(24, true));
    } else if (record === CATAR.xattr) {
      const body = reader.body(bytes);
      const end = body.indexOf(0);
      if (end < 0) throw reader.fault('an extended attribute has no value');
      const attribute = pathFromBytes(body.subarray(0, end));
      const value = body.subarray(end + 1);
      budget.chargeRecord(attribute, value, where);
      xattrs = (xattrs ?? new Map<string, Uint8Array>()).set(attribute, value);
    } else if (record === CATAR.fileCapabilities) {
      const value = reader.body(bytes);
      budget.chargeRecord(CAPABILITY_XATTR, value, where);
      xattrs = (xattrs ?? new Map<string, Uint8Array>()).set(CAPABILITY_XATTR, value);
    } else if (record === CATAR.user || record === CATAR.group) {
      reader.skip(bytes);
    } else {
      throw reader.fault(`unknown record ${record.toString(16)}`);
    }
  }
  return {
    type,
    mode: mode & 0o7777,
    uid: Number(view.getBigUint64(40, true)),
    gid: Number(view.getBigUint64(48, true)),
    userName: '',
    groupName: '',
    mtime: view.getBigInt64(56, true),
    xattrs: xattrs ?? NO_XATTRS,
    target,
    major,
    minor,
    segments: length > 0 ? [{ source: 0, offset, length }] : [],
    size: length,
  };
}

/** Records of one file lie together; they are short, and to read each by itself takes longer than to read them. Bytes. */
const WINDOW = 1024;

class Reader {
  readonly #source: ByteSource;
  readonly #window = new Uint8Array(WINDOW);
  readonly #view = new DataView(this.#window.buffer);
  /** Of the archive, what the window has. */
  #from = 0;
  #to = 0;
  offset = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get length(): number {
    return this.#source.length;
  }

  /** Type and whole size of the record here; its end lies inside the archive. */
  header(): { readonly type: bigint; readonly size: number } {
    if (this.offset + RECORD_HEADER > this.length) throw this.fault('the archive is cut short');
    const at = this.#look(RECORD_HEADER);
    const size = this.#view.getBigUint64(at, true);
    if (size < RECORD_HEADER || BigInt(this.offset) + size > BigInt(this.length)) {
      throw this.fault(`a record says it has ${size} bytes`);
    }
    return { type: this.#view.getBigUint64(at + 8, true), size: Number(size) };
  }

  /** Where in the window so many bytes are that lie here. */
  #look(size: number): number {
    if (this.offset < this.#from || this.offset + size > this.#to) {
      this.#from = this.offset;
      this.#to = Math.min(this.length, this.offset + WINDOW);
      this.#source.read(this.#from, this.#window.subarray(0, this.#to - this.#from));
    }
    return this.offset - this.#from;
  }

  skip(size: number): void {
    this.offset += size;
  }

  /** The whole record here, as a view; moves on. */
  view(size: number): DataView {
    if (size > RECORD_HEADER + limits.pathBytes * 2) throw this.fault(`a record has ${size} bytes`);
    const at = size > WINDOW ? undefined : this.#look(size);
    const bytes =
      at === undefined
        ? readRange(this.#source, this.offset, size)
        : this.#window.slice(at, at + size);
    this.offset += size;
    return new DataView(bytes.buffer);
  }

  body(size: number): Uint8Array {
    return new Uint8Array(this.view(size).buffer, RECORD_HEADER);
  }

  terminated(size: number): string {
    const body = this.body(size);
    if (body.indexOf(0) !== body.length - 1) throw this.fault('a name does not end in NUL');
    return pathFromBytes(body.subarray(0, -1));
  }

  fault(what: string): InputError {
    return new InputError(`catar: ${what}`, { offset: this.offset }, 'the archive is damaged');
  }
}
