/** An EROFS image of 4 KiB, by hand (Linux, fs/erofs/erofs_fs.h): a root with a file, a link, and a directory with a device. */

const BLOCK = 512;
const SUPER = 1024;
/** Blocks of inodes, of the directory's entries, and of attributes that inodes share. */
const [INODES, ENTRIES, SHARED] = [4, 6, 7];
/** Inode numbers, in units of 32 bytes from the block of inodes. */
const [ROOT, FILE, LINK, DIRECTORY, DEVICE] = [0, 5, 6, 8, 9];
const [PLAIN, INLINE] = [0, 4];

export function erofsImage(): Uint8Array {
  const bytes = Buffer.alloc(8 * BLOCK);
  bytes.writeUInt32LE(0xe0f5e1e2, SUPER);
  bytes.writeUInt8(Math.log2(BLOCK), SUPER + 12);
  bytes.writeUInt16LE(ROOT, SUPER + 14);
  bytes.writeBigUInt64LE(1_700_000_000n, SUPER + 24);
  bytes.writeUInt32LE(INODES, SUPER + 40);
  bytes.writeUInt32LE(SHARED, SUPER + 44);

  const at = (number: number): number => INODES * BLOCK + 32 * number;
  const inode = (number: number, format: number, mode: number, size: number): void => {
    bytes.writeUInt16LE(format, at(number));
    bytes.writeUInt16LE(mode, at(number) + 4);
    bytes.writeUInt32LE(size, at(number) + 8);
  };
  const root = entriesOf({ '.': ROOT, '..': ROOT, d: DIRECTORY, f: FILE, l: LINK });
  // The extended form of an inode has 64 bytes; behind it the count of shared attributes and the number of one.
  inode(ROOT, INLINE | 1, 0o40755, root.length);
  bytes.writeUInt16LE(2, at(ROOT) + 2);
  bytes.writeUInt8(1, at(ROOT) + 64 + 4);
  root.copy(bytes, at(ROOT) + 64 + 16);
  inode(FILE, PLAIN, 0o100644, 5);
  inode(LINK, INLINE, 0o120777, 3);
  bytes.write('a/b', at(LINK) + 32, 'latin1');
  const inner = entriesOf({ '.': DIRECTORY, '..': ROOT, c: DEVICE });
  inode(DIRECTORY, PLAIN, 0o40700, inner.length);
  bytes.writeUInt32LE(ENTRIES, at(DIRECTORY) + 16);
  inner.copy(bytes, ENTRIES * BLOCK);
  inode(DEVICE, PLAIN, 0o20600, 0);
  bytes.writeUInt16LE(3, at(DEVICE) + 2);
  bytes.writeUInt32LE(0x501, at(DEVICE) + 16);
  attribute('n', 1, 'v').copy(bytes, at(DEVICE) + 32 + 12);
  attribute('capability', 6, 'abc').copy(bytes, SHARED * BLOCK);
  return new Uint8Array(bytes);
}

function entriesOf(numbers: Readonly<Record<string, number>>): Buffer {
  const names = Object.keys(numbers);
  const table = Buffer.alloc(12 * names.length);
  let end = table.length;
  for (const [index, name] of names.entries()) {
    table.writeBigUInt64LE(BigInt(numbers[name]!), 12 * index);
    table.writeUInt16LE(end, 12 * index + 8);
    end += name.length;
  }
  return Buffer.concat([table, Buffer.from(names.join(''), 'latin1')]);
}

function attribute(name: string, prefix: number, value: string): Buffer {
  const head = Buffer.from([name.length, prefix, value.length, 0]);
  return Buffer.concat([head, Buffer.from(name + value, 'latin1')]);
}
