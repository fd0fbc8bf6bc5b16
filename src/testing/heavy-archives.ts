import { part, pax } from './evil.ts';

/**
 * Archives that are legal and whose metadata is enormous: what a reader must keep of them grows with every entry. Made piece
 * by piece, because whole ones are longer than memory.
 */
export type Pieces = Generator<Uint8Array>;

const latin1 = (...parts: readonly string[]): Uint8Array => Buffer.from(parts.join(''), 'latin1');
const END = new Uint8Array(1024);

/** @param bytes of each path, which has one component */
export function* longPaths(count: number, bytes: number): Pieces {
  for (let number = 0; number < count; number++) {
    yield latin1(pax({ path: String(number).padEnd(bytes, 'p') }), part());
  }
  yield END;
}

/** One attribute a file. @param bytes of each value */
export function* longAttributes(count: number, bytes: number): Pieces {
  const value = '\xff'.repeat(bytes);
  for (let number = 0; number < count; number++) {
    const name = String(number);
    yield latin1(pax({ 'SCHILY.xattr.user.x': value }), part({ name }));
  }
  yield END;
}

/** Sparse files in the form of PAX 1.0: every other byte is data. @param extents of each */
export function* sparseFiles(files: number, extents: number): Pieces {
  const size = 2 * extents;
  const map = [`${extents}\n`];
  for (let extent = 0; extent < extents; extent++) map.push(`${2 * extent}\n1\n`);
  const lines = map.join('');
  const content = lines.padEnd(Math.ceil(lines.length / 512) * 512, '\0') + 'x'.repeat(extents);
  for (let file = 0; file < files; file++) {
    const records = {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': `sparse${file}`,
      'GNU.sparse.realsize': String(size),
    };
    yield latin1(pax(records), part({ content }));
  }
  yield END;
}

export const heavyArchives: Readonly<Record<string, (count: number, each: number) => Pieces>> = {
  paths: longPaths,
  attributes: longAttributes,
  sparse: sparseFiles,
};
