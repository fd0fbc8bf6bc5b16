import type { Entry, Tree } from '../../src/trees/tree.ts';

/** As many as Linux follows before it gives up (path_resolution(7)). */
const MOST_SYMLINKS = 40;

/** Where a path leads in an image. */
export interface Walk {
  /** What the last part is; undefined where it is not there. */
  readonly found: Entry | undefined;
  /** Paths that had to be known on the way: symlinks, and for a path that is not there the last directory. */
  readonly passed: readonly string[];
}

/** Follows paths as the kernel does. Paths are absolute here, and latin1 as in the tree. */
export class PathWalker {
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor({ entries }: Tree) {
    this.#entries = new Map(entries.map((entry) => [`/${entry.path}`, entry]));
  }

  /** @param isFollowed false where a symlink in the last part is itself meant, as lstat(2) does */
  walk(path: string, isFollowed = true): Walk {
    const passed: string[] = [];
    let parts = partsOf(path);
    let at = '/';
    let followed = 0;
    while (parts.length > 0) {
      const [part, ...rest] = parts as [string, ...string[]];
      const next = part === '..' ? parentOf(at) : joinPath(at, part);
      const entry = this.#entries.get(next);
      if (!entry) return { found: undefined, passed: [...passed, at] };
      parts = rest;
      if (entry.inode.type === 'symlink' && (isFollowed || rest.length > 0)) {
        passed.push(next);
        if (++followed > MOST_SYMLINKS) return { found: undefined, passed };
        const target = Buffer.from(entry.inode.target).toString('latin1');
        if (target.startsWith('/')) at = '/';
        parts = [...partsOf(target), ...rest];
      } else at = next;
    }
    return { found: this.#entries.get(at), passed };
  }
}

/** A path as seen from a directory. */
export function joinPath(directory: string, path: string): string {
  if (path.startsWith('/')) return path;
  return directory === '/' ? `/${path}` : `${directory}/${path}`;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
