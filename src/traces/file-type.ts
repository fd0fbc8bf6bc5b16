import { contentSource } from '../trees/content.ts';
import type { Inode, Tree } from '../trees/tree.ts';

/** Bytes that decide a type. */
const LOOKED_AT = 512;

/** What files begin with, as file(1) knows it. */
const BEGINNINGS: readonly (readonly [type: string, ...hex: readonly string[]])[] = [
  ['elf', '7f454c46'],
  ['script', '2321'],
  // gzip, xz, zstd, bzip2, zip, ar
  ['archive', '1f8b', 'fd377a585a00', '28b52ffd', '425a68', '504b0304', '213c617263683e0a'],
  // PNG, JPEG, GIF
  ['image', '89504e470d0a1a0a', 'ffd8ff', '47494638'],
  // Java; CPython's have a number of the version, then CR LF.
  ['bytecode', 'cafebabe'],
];

/** Type of an entry; of a regular file by its first bytes: see the column `type` of paths. */
export function typeOf(tree: Tree, inode: Inode): string {
  if (inode.type !== 'file') return inode.type;
  if (inode.size === 0) return 'empty';
  const bytes = new Uint8Array(Math.min(LOOKED_AT, inode.size));
  contentSource(tree, inode).read(0, bytes);
  const hex = Buffer.from(bytes).toString('hex');
  const known = BEGINNINGS.find(([, ...all]) => all.some((one) => hex.startsWith(one)));
  if (known) return known[0];
  if (hex.slice(4, 8) === '0d0a') return 'bytecode';
  return isText(bytes) ? 'text' : 'other';
}

/** No NUL, and UTF-8 but for a character that is cut at the end. */
function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
