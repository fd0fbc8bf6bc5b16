import type { Inode } from './tree.ts';

/** Begins names that hide something (image-spec, layer.md). */
export const WHITEOUT = '.wh.';
export const OPAQUE = '.wh..wh..opq';
/** Begins marks of the AUFS driver (moby, pkg/archive/whiteouts.go: WhiteoutMetaPrefix). */
const AUFS = '.wh..wh.';

/** What a layer has and an image has not: marks of AUFS and all below them, as moby and containerd leave them out. */
export class LeftOut {
  /** Files by path: hardlinks to them are content. */
  readonly #files = new Map<string, Inode>();
  readonly #marks = new Set<string>();

  /** Forgets the layer before. */
  begin(): void {
    this.#files.clear();
    this.#marks.clear();
  }

  /** The path of the mark for which something is left out; undefined where it is content or a whiteout. */
  markOf(parts: readonly string[]): string | undefined {
    const index = parts.findIndex(
      (part, depth) => part.startsWith(AUFS) && (depth < parts.length - 1 || part !== OPAQUE),
    );
    return index < 0 ? undefined : parts.slice(0, index + 1).join('/');
  }

  /** False where the mark was met before. */
  isNew(mark: string): boolean {
    if (this.#marks.has(mark)) return false;
    this.#marks.add(mark);
    return true;
  }

  keep(path: string, file: Inode): void {
    this.#files.set(path, file);
  }

  /** A copy, as moby and containerd unpack such a link. */
  copyOf(path: string): Inode | undefined {
    const file = this.#files.get(path);
    return file && { ...file };
  }
}
