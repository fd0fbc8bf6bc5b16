import type { EntryType } from '../trees/tree.ts';

/** Record types and flags of casync's archive and index formats (systemd/casync, caformat.h). */

type RecordType =
  | 'entry'
  | 'user'
  | 'group'
  | 'xattr'
  | 'fileCapabilities'
  | 'symlink'
  | 'device'
  | 'payload'
  | 'filename'
  | 'goodbye'
  | 'goodbyeTail'
  | 'index'
  | 'table'
  | 'tableTail';

export const CATAR: Readonly<Record<RecordType, bigint>> = {
  entry: 0x1396fabcea5bbb51n,
  user: 0xf453131aaeeaccb3n,
  group: 0x25eb6ac969396a52n,
  xattr: 0xb8157091f80bc486n,
  fileCapabilities: 0xf7267db0afed0629n,
  symlink: 0x664a6fb6830e0d6cn,
  device: 0xac3dace369dfe643n,
  payload: 0x8b9e1d93d6dcffc9n,
  filename: 0x6dbb6ebcb3161f0bn,
  goodbye: 0xdfd35c5e8327c403n,
  goodbyeTail: 0x57446fa533702943n,
  index: 0x96824d9c7b129ff9n,
  table: 0xe75b9e112f17417dn,
  tableTail: 0x4b4f050e5549ecd1n,
};

/**
 * What of a tree the archives here carry: 32-bit owners, nanoseconds, permissions, symlinks, devices, fifos, extended
 * attributes, file capabilities; chunks named by SHA-256. casync writes the same bytes when called with
 *
 *     --digest=sha256 --exclude-nodump=no --exclude-file=no --with=32bit-uids --with=nsec-time --with=permissions
 *     --with=symlinks --with=device-nodes --with=fifos --with=xattrs --with=fcaps
 *
 * Owner names are left out: casync takes them from the machine it runs on.
 */
export const FEATURE_FLAGS: bigint =
  0x2n | 0x20n | 0x100n | 0x200n | 0x400n | 0x800n | 0x10000000n | 0x80000000n;

/** Size and type before every record: bytes. */
export const RECORD_HEADER = 16;
/** A record of type `entry`: bytes. */
export const ENTRY_SIZE = 64;
/** A name in the table of a directory, and its tail: bytes. */
export const ITEM_SIZE = 24;
export const CAPABILITY_XATTR = 'security.capability';

/** Key of the hashes by which a directory's table finds names. */
export const NAME_KEY: { readonly k0: bigint; readonly k1: bigint } = {
  k0: 0x8574442b0f1d84b3n,
  k1: 0x2736ed30d1c22ec1n,
};

/** File type bits of st_mode. */
export const TYPE_BITS: Readonly<Record<EntryType, number>> = {
  fifo: 0o010000,
  'character-device': 0o020000,
  directory: 0o040000,
  'block-device': 0o060000,
  file: 0o100000,
  symlink: 0o120000,
};
