import { readRange } from '../streams/source.ts';
import { contentSource } from './content.ts';
import type { Entry, EntryType, Inode, Tree } from './tree.ts';

/** What a file is by its first bytes (file(1), magic(5)), never by its name. */
export type FileKind =
  | 'ELF'
  | 'script'
  | 'compressed'
  | 'archive'
  | 'picture'
  | 'message catalogue'
  | 'text'
  | 'other';

export interface Survey {
  /** Entries of each type; further names of a file are `hardlink`. */
  readonly entries: ReadonlyMap<EntryType | 'hardlink', number>;
  /** Bytes of file content, each file once. */
  readonly bytes: number;
  /** Bytes of each kind of file, the largest first. */
  readonly kinds: readonly (readonly [FileKind, number])[];
}

/** Bytes looked at: as many as tell text from what has a header of text. */
const LOOK = 4096;

const MAGICS: readonly (readonly [FileKind, string])[] = [
  ['ELF', '\x7fELF'],
  ['script', '#!'],
  ['compressed', '\x1f\x8b'],
  ['compressed', '\x28\xb5\x2f\xfd'],
  ['compressed', '\xfd7zXZ\0'],
  ['compressed', 'BZh'],
  ['archive', '!<arch>\n'],
  ['archive', 'PK\x03\x04'],
  ['picture', '\x89PNG'],
  ['picture', '\xff\xd8\xff'],
  ['picture', 'GIF8'],
  ['message catalogue', '\xde\x12\x04\x95'],
];

export function surveyTree(tree: Tree): Survey {
  const entries = new Map<EntryType | 'hardlink', number>();
  const kinds = new Map<FileKind, number>();
  let bytes = 0;
  for (const { inode, isLink } of marked(tree.entries)) {
    const type = isLink ? 'hardlink' : inode.type;
    entries.set(type, (entries.get(type) ?? 0) + 1);
    if (isLink || inode.size === 0) continue;
    const kind = kindOf(tree, inode);
    kinds.set(kind, (kinds.get(kind) ?? 0) + inode.size);
    bytes += inode.size;
  }
  return { entries, bytes, kinds: [...kinds].sort((a, b) => b[1] - a[1]) };
}

function* marked(entries: readonly Entry[]): Generator<{ inode: Inode; isLink: boolean }> {
  const seen = new Set<Inode>();
  for (const { inode } of entries) {
    yield { inode, isLink: seen.has(inode) };
    seen.add(inode);
  }
}

function kindOf(tree: Tree, inode: Inode): FileKind {
  const first = readRange(contentSource(tree, inode), 0, Math.min(LOOK, inode.size));
  const latin1 = Buffer.from(first.buffer, 0, Math.min(8, first.length)).toString('latin1');
  const found = MAGICS.find(([, magic]) => latin1.startsWith(magic));
  if (found) return found[0];
  return isText(first, inode.size > LOOK) ? 'text' : 'other';
}

/** UTF-8 without NUL; the last character may be cut. */
function isText(bytes: Uint8Array, isCut: boolean): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
    return true;
  } catch {
    return false;
  }
}
