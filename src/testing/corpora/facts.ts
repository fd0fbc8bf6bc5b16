import { createHash } from 'node:crypto';
import type { ByteSource } from '../../streams/source.ts';
import { contentSource } from '../../trees/content.ts';
import type { TarEntry } from '../../trees/tar.ts';
import { HOLE } from '../../trees/tree.ts';
import type { GoEntry } from './corpora.ts';

/** What is known of a member, name → text. A reader that does not know a fact leaves it out. */
export type Facts = Readonly<Record<string, string>>;

/** Larger contents are not read: bytes. */
export const MOST_CONTENT: number = 64 << 20;

/** All that any reader knows, as we read it. */
export function ourFacts(entry: TarEntry, source: ByteSource): Facts {
  const { type, mode, uid, gid, mtime, linkTarget, major, minor, size, xattrs } = entry;
  const isLink = type === 'hardlink' || type === 'symlink';
  return {
    path: withoutSlash(entry.path),
    type,
    kind: type === 'hardlink' ? 'file' : type,
    mode: mode.toString(8),
    owner: `${uid}:${gid}`,
    ownerNames: `${entry.userName}:${entry.groupName}`,
    mtime: String(mtime),
    milliseconds: String(mtime / 1_000_000n),
    link: isLink ? linkTarget : '',
    symlink: type === 'symlink' ? linkTarget : '',
    device: type.endsWith('-device') ? `${major},${minor}` : '',
    numbers: `${major},${minor}`,
    size: type === 'file' ? String(size) : '',
    xattrs: attributes(xattrs),
    attributeLengths: [...xattrs]
      .map(([name, value]) => `${name}:${value.length}`)
      .sort()
      .join(' '),
    ...contentFacts(entry, source),
  };
}

function contentFacts({ type, segments, size }: TarEntry, source: ByteSource): Facts {
  if (type !== 'file') return { content: '', data: '' };
  if (size > MOST_CONTENT) return {};
  const listed = [...segments];
  const last = listed.findLastIndex((segment) => segment.source !== HOLE);
  const digest = (pieces: TarEntry['segments']): string =>
    sha256(contentSource({ sources: [source] }, { segments: pieces }));
  return {
    content: digest(segments),
    // bsdtar writes no hole at the end of a file into the stream that it digests; extracted, it is there.
    data: digest(listed.slice(0, last + 1)),
  };
}

function sha256(content: ByteSource): string {
  const hash = createHash('sha256');
  const step = new Uint8Array(1 << 20);
  for (let offset = 0; offset < content.length; offset += step.length) {
    const part = step.subarray(0, Math.min(step.length, content.length - offset));
    content.read(offset, part);
    hash.update(part);
  }
  return hash.digest('hex');
}

const GO_TYPES: Readonly<Record<string, TarEntry['type']>> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
};

/** Go gives the flag and the size as they are stated; size and content are compared where there is content. */
export function goFacts(entry: GoEntry): Facts {
  const type = GO_TYPES[entry.type] ?? `flag ${entry.type}`;
  const isFile = type === 'file';
  const isRead = isFile && entry.size <= MOST_CONTENT;
  return {
    path: withoutSlash(entry.path),
    type,
    mode: (entry.mode & 0o7777).toString(8),
    owner: `${entry.uid}:${entry.gid}`,
    ownerNames: `${entry.userName}:${entry.groupName}`,
    mtime: entry.mtime,
    link: type === 'hardlink' || type === 'symlink' ? entry.linkTarget : '',
    numbers: `${entry.major},${entry.minor}`,
    size: isFile ? String(entry.size) : '',
    xattrs: attributes(
      Object.entries(entry.xattrs).map(([name, value]) => [name, Buffer.from(value, 'latin1')]),
    ),
    ...(isRead ? { content: entry.sha256 } : {}),
  };
}

/** Names and values, hexadecimal, in order. */
export function attributes(xattrs: Iterable<readonly [string, Uint8Array]>): string {
  return [...xattrs]
    .map(([name, value]) => `${name}=${Buffer.from(value).toString('hex')}`)
    .sort()
    .join(' ');
}

export function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

/** What differs, as lines `FILE PATH FACT: OURS | THEIRS`; by what theirs know. */
export function factDifferences(
  file: string,
  ours: readonly Facts[],
  theirs: readonly Facts[],
): readonly string[] {
  if (ours.length !== theirs.length) {
    const [ownOnly, theirOnly] = [unmatched(ours, theirs), unmatched(theirs, ours)];
    const remaining = (list: readonly Facts[], only: readonly Facts[]): readonly Facts[] =>
      list.filter((facts) => !only.includes(facts));
    return [
      ...ownOnly.map((facts) => `${file} ${facts['path']}: read | not there`),
      ...theirOnly.map((facts) => `${file} ${facts['path']}: not there | read`),
      ...factDifferences(file, remaining(ours, ownOnly), remaining(theirs, theirOnly)),
    ];
  }
  return ours.flatMap((own, index) =>
    Object.entries(theirs[index]!)
      .filter(([fact, value]) => own[fact] !== value)
      .map(([fact, value]) => `${file} ${own['path']} ${fact}: ${own[fact]} | ${value}`),
  );
}

/** Of `list`, what has no counterpart of its path in `other`. */
function unmatched(list: readonly Facts[], other: readonly Facts[]): readonly Facts[] {
  const paths = other.map(({ path }) => path);
  return list.filter(({ path }) => {
    const found = paths.indexOf(path);
    if (found >= 0) paths.splice(found, 1);
    return found < 0;
  });
}

/** As {@link factDifferences}, where theirs has one member a path, the last, in no order. */
export function differencesByPath(
  file: string,
  ours: readonly Facts[],
  theirs: readonly Facts[],
): readonly string[] {
  const byPath = (list: readonly Facts[]): readonly Facts[] => {
    const last = new Map(list.map((facts) => [facts['path']!.replace(/^\.\//, ''), facts]));
    return [...last]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, facts]) => ({ ...facts, path }));
  };
  const [own, other] = [byPath(ours), byPath(theirs)];
  const [ownOnly, theirOnly] = [unmatched(own, other), unmatched(other, own)];
  return [
    ...ownOnly.map((facts) => `${file} ${facts['path']}: read | not there`),
    ...theirOnly.map((facts) => `${file} ${facts['path']}: not there | read`),
    ...factDifferences(
      file,
      own.filter((facts) => !ownOnly.includes(facts)),
      other.filter((facts) => !theirOnly.includes(facts)),
    ),
  ];
}
