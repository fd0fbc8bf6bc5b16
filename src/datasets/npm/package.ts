import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { decompressStream } from '../../codecs/read.ts';
import { InputError, type Where } from '../../errors.ts';
import { fileCompression } from '../../images/files.ts';
import { inScratch } from '../../scratch.ts';
import { type ByteSource, FileSource } from '../../streams/source.ts';
import { applyLayers } from '../../trees/layers.ts';
import { IMPLIED_DIRECTORY } from '../../trees/node.ts';
import { readTar } from '../../trees/tar.ts';
import type { Entry, Inode, Tree } from '../../trees/tree.ts';
import { writeChunks } from '../../write-whole.ts';

/** 1985-10-26T08:15:00Z, which `npm pack` gives all files; other tools give the time of the build. Nanoseconds. */
const TIME = 499_162_500n * 1_000_000_000n;

const DIRECTORY: Inode = { ...IMPLIED_DIRECTORY, mode: 0o755, mtime: TIME };

/** Directories that packages of an application lie in. */
const PLACE = 'app/node_modules';

/**
 * A package's tarball as `work` needs it: the tree below /app/node_modules/NAME as npm unpacks it, files and directories of
 * root with npm's modes, all of one time. No script is run, no link to a program is made. Throws an InputError for whatever
 * is no package, or would lie elsewhere.
 */
export function withPackage<Result>(
  path: string,
  name: string,
  where: Where,
  work: (tree: Tree) => Promise<Result>,
): Promise<Result> {
  return inScratch(async (directory) => {
    const tar = join(directory, 'package.tar');
    const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
    await writeChunks(tar, 'wx', decompressStream(bytes, fileCompression(path), where), false);
    const source = new FileSource(tar);
    try {
      return await work(packageTree(source, name, where));
    } finally {
      source.close();
    }
  });
}

/** @param source the tarball, uncompressed; contents stay slices of it */
export function packageTree(source: ByteSource, name: string, where: Where): Tree {
  for (const { path, type } of readTar(source, where).entries) {
    const refuse = (what: string): never => {
      const remedy = 'this is no package that npm would make';
      throw new InputError(what, { ...where, entry: path }, remedy);
    };
    if (type !== 'file' && type !== 'directory') refuse(`a package holds files, and this: ${type}`);
    if (/(^|\/)\.wh\./.test(path)) refuse('a name that would delete another in a layer');
  }
  const entries = parentsOf(name);
  const tops = new Set<string>();
  for (const { path, inode } of applyLayers([source]).entries) {
    if (path === '') continue;
    const [top = '', ...rest] = path.split('/');
    tops.add(top);
    const isAlone = rest.length === 0;
    if (isAlone && inode.type === 'directory') continue;
    if (isAlone || tops.size > 1) {
      throw new InputError(
        'not all of the package lies in one directory',
        { ...where, entry: path },
        'this is no package that npm would make',
      );
    }
    const place = `${PLACE}/${name}/${rest.join('/')}`;
    entries.push({ path: place, inode: asUnpacked(inode) });
  }
  return { entries, sources: [source] };
}

/** /app down to the directory of the package. */
function parentsOf(name: string): Entry[] {
  const parts = `${PLACE}/${name}`.split('/');
  return parts.map((_, index) => ({
    path: parts.slice(0, index + 1).join('/'),
    inode: { ...DIRECTORY },
  }));
}

/** Owners of the tarball are those of who published; npm gives files to who installs, and bits to read and enter to all. */
function asUnpacked({ type, mode, segments, size }: Inode): Inode {
  if (type === 'directory') return { ...DIRECTORY };
  return { ...DIRECTORY, type, mode: (mode | 0o666) & 0o755, segments, size };
}
