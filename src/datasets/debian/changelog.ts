import { asynchronous, decompressStream, detectCompression } from '../../codecs/read.ts';
import { MemorySource, readAll } from '../../streams/source.ts';
import { contentSource } from '../../trees/content.ts';
import { applyLayers } from '../../trees/layers.ts';
import type { Deb } from './deb.ts';
import type { SourcePackage } from './index.ts';

/** The newest entry of a changelog (deb-changelog(5)). */
export interface ChangelogEntry extends SourcePackage {
  readonly date: Date;
}

/** Packages of Debian's own have no `.Debian` in the name. */
const PATH = /^usr\/share\/doc\/[^/]+\/changelog(?:\.Debian)?\.gz$/;

/** Of the source package that a package was built from; undefined where it comes without, or with that of somebody else's program. */
export async function readChangelog({ data }: Deb): Promise<ChangelogEntry | undefined> {
  const tree = applyLayers([new MemorySource(data)]);
  for (const { path, inode } of tree.entries) {
    if (!PATH.test(path) || inode.type !== 'file') continue;
    const bytes = readAll(contentSource(tree, inode));
    const parts: Uint8Array[] = [];
    const where = { entry: path };
    for await (const part of decompressStream(
      asynchronous([bytes]),
      detectCompression(bytes),
      where,
    )) {
      parts.push(part.slice());
    }
    const entry = newestEntry(Buffer.concat(parts).toString('utf8'));
    if (entry) return entry;
  }
  return undefined;
}

export function newestEntry(text: string): ChangelogEntry | undefined {
  const [, source, version] = /^(\S+) \(([^)\s]+)\)/.exec(text.trimStart()) ?? [];
  const [, written] = /^ -- .*>\s+(.+?)\s*$/m.exec(text) ?? [];
  const date = new Date(written ?? '');
  if (source === undefined || version === undefined || Number.isNaN(date.getTime()))
    return undefined;
  return { source, version, date };
}
