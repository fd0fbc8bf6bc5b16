import { archive, octal, part, pax } from './evil.ts';

/** Archives that real writers made and readers stumbled over, each with what GNU tar, libarchive, Python or Go read. */

export interface OddTar {
  readonly bytes: Uint8Array;
  /** What is in it, in order; absent where it is refused. */
  readonly paths?: readonly string[];
  /** The only warning, or the error. */
  readonly says?: RegExp;
}

const time = { 136: octal(1_700_000_000, 12) };
const gnu = 'ustar  \0';
const hello = (name: string, content = 'hello'): string => part({ name, content, raw: time });

export const oddTars: Readonly<Record<string, OddTar>> = {
  /** plexus-archiver writes such directories. */
  'directory-with-size': {
    bytes: archive(
      part({ name: 'd/', type: '5', size: 1, mode: 0o755, raw: time }),
      hello('d/a'),
      hello('d/b', 'world'),
    ),
    paths: ['d/', 'd/a', 'd/b'],
    says: /entry d\/: a directory with a size of 1 bytes, which has no content/,
  },
  /** Go: golang/go#12436. */
  'pax-size-with-zeros': {
    bytes: archive(pax({ size: '0000000000000000000005' }), hello('f'), hello('g', 'x')),
    paths: ['f', 'g'],
  },
  'two-pax-headers': {
    bytes: archive(pax({ path: 'first' }), pax({ mtime: '1500000000' }), hello('name', 'x')),
    paths: ['name'],
    says: /entry name: has two PAX headers, the later counts/,
  },
  'volume-label': {
    bytes: archive(
      part({ name: 'backup 2026', type: 'V', magic: gnu, raw: time }),
      part({ name: 'f', content: 'hello', magic: gnu, raw: time }),
    ),
    paths: ['f'],
    says: /a volume label \(type V, 'backup 2026'\) is skipped/,
  },
  'nul-in-keyword': {
    bytes: archive(pax({ 'SCHILY.xattr.nu\0ll': 'v' }), hello('f')),
    says: /extended header: NUL in a keyword/,
  },
  /** GNU tar --format=posix --listed-incremental: what is in a directory, each name ended by a NUL. */
  'nul-in-list-of-directory': {
    bytes: archive(
      pax({ 'GNU.dumpdir': 'Ya\0Nb\0\0' }),
      part({ name: 'd/', type: '5', mode: 0o755, raw: time }),
      hello('d/a'),
    ),
    paths: ['d/', 'd/a'],
  },
  /** golang/go#12594: the prefix of ustar under GNU's magic, where the owner takes base 256. */
  'prefix-under-gnu-magic': {
    bytes: archive(
      part({
        name: 'foo',
        magic: gnu,
        raw: { ...time, 108: '\x80\0\0\0\0\x20\0\0', 345: 'a'.repeat(60) },
      }),
    ),
    paths: [`${'a'.repeat(60)}/foo`],
    says: /the beginning of its path stands where GNU tar has times \(Go before 1\.8\)/,
  },
};
