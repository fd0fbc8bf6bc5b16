import type { EntryType } from './tree.ts';

/** Type flags of headers: POSIX.1-2001 pax and ustar, and what GNU and Solaris tar add. */

/**
 * Types of members. GNU tar's incremental dumps have `D`: a directory with the list of what was in it, which GNU tar and
 * libarchive read as a directory.
 */
const MEMBERS: Readonly<Record<string, EntryType | 'hardlink'>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  D: 'directory',
  S: 'file',
};

export interface MemberType {
  readonly type: EntryType | 'hardlink';
  /** False where the next header follows at once, whatever size the header states (POSIX; Go, Python). */
  readonly hasBody: boolean;
}

/** undefined where nobody knows what the flag means. A slash at the end says directory: v7 archives had no other way to. */
export function memberType(flag: string, path: string): MemberType | undefined {
  const type = MEMBERS[flag];
  if (!type) return undefined;
  const isSlashed = path.endsWith('/');
  // Go and Python take it for a directory where the flag is that of v7, and else for a file: its body is there.
  if (flag === '\0' && isSlashed) return { type: 'directory', hasBody: false };
  if (flag === '0' && isSlashed) return { type: 'directory', hasBody: true };
  return { type, hasBody: !isBodiless(flag) };
}

/** Links, devices, directories and pipes: no content follows them, whatever size the header states. */
export function isBodiless(flag: string): boolean {
  return flag >= '1' && flag <= '6';
}

/** Headers that describe the member after them, or all members: they have a body and are no member. */
export function isExtension(flag: string): boolean {
  return 'xgXLK'.includes(flag);
}

/** What members there are is read without these; they have a body. */
export const PASSED_OVER: Readonly<Record<string, string>> = {
  A: 'an access control list of Solaris',
  V: 'a volume label',
};
