import { SkippedError } from '../errors.ts';
import type { Member, Resolved } from '../ids.ts';
import type { Image } from '../images/image.ts';
import { listFiles } from '../packers/ztoc-files.ts';
import { type OrderPolicy, orderEntries } from '../serialisers/order.ts';
import { filesOf, sortEntries } from '../serialisers/root.ts';
import type { Stream } from '../serialisers/serialiser.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import { roundUp } from '../trees/header.ts';
import type { TarEntry } from '../trees/tar.ts';
import { type Entry, HOLE, type Inode } from '../trees/tree.ts';
import { catarSpans } from './catar.ts';
import { cleanPath, type Owners } from './owners.ts';
import { type Owner, Spans } from './spans.ts';

/** Where the bytes of a stream are described: other streams may share them. */
export interface StreamSpans {
  readonly spans: Spans;
  /** Where in these the stream starts: bytes. */
  readonly offset: number;
}

/**
 * What every byte of what a serialiser made is. Formats with headers are read as any reader would.
 *
 * Throws a SkippedError for serialisers of plug-ins, whose formats are not known here.
 */
export function describeStreams(
  image: Image,
  { member, values, id }: Resolved<Member>,
  streams: readonly Stream[],
  owners: Owners,
): readonly StreamSpans[] {
  if (!member.plugin) {
    switch (member.name) {
      case 'layers':
      case 'layer-files':
        return archives(streams, (entry, layer) => owners.ofEntry(entry, layer));
      case 'tar':
      case 'tar-files':
      case 'packages':
        return archives(streams, ({ path }) => owners.at(cleanPath(path)));
      case 'catar':
        return streams.map(({ bytes }) => ({ spans: catarSpans(bytes, owners), offset: 0 }));
      case 'files':
      case 'merkle-files': {
        const files = contents(sortEntries(image.tree), owners);
        return files.map((spans) => ({ spans, offset: 0 }));
      }
      case 'stream': {
        const all = new Spans();
        const files = contents(orderEntries(image.tree, values['order'] as OrderPolicy), owners);
        for (const file of files)
          for (const span of file.within(0, file.length)) {
            all.add(span.length, span.of, span.kind);
          }
        return streams.map(() => ({ spans: all, offset: 0 }));
      }
    }
  }
  throw new SkippedError(
    `what serialiser '${id}' writes cannot be divided among paths`,
    {},
    'explain knows the serialisers of this program: choose a model with one of them',
  );
}

/** Archives, or parts of one that follow each other. */
function archives(
  streams: readonly Stream[],
  ownerOf: (entry: TarEntry, layer: number) => Owner,
): readonly StreamSpans[] {
  const whole = new Map<number, Rope>();
  const places = streams.map(({ bytes, layer }, number) => {
    const archive = layer ?? number;
    const rope = whole.get(archive) ?? new Rope();
    whole.set(archive, rope);
    const offset = rope.length;
    rope.append(bytes);
    return { archive, offset };
  });
  const described = new Map(
    [...whole].map(([archive, bytes]) => [
      archive,
      tarSpans(bytes, (entry) => ownerOf(entry, archive)),
    ]),
  );
  return places.map(({ archive, offset }) => ({ spans: described.get(archive)!, offset }));
}

function tarSpans(bytes: ByteSource, ownerOf: (entry: TarEntry) => Owner): Spans {
  const spans = new Spans();
  const { files } = listFiles(bytes);
  if (files.length > 0) spans.add(files[0]!.entry.offset, 'archive', 'header');
  for (const [number, { entry, contentOffset }] of files.entries()) {
    const owner = ownerOf(entry);
    for (const { source, offset, length } of entry.segments) {
      if (source === HOLE || length === 0) continue;
      spans.add(offset - spans.length, owner, 'header');
      spans.add(length, owner, 'content');
    }
    const end = files[number + 1]?.entry.offset ?? roundUp(Math.max(spans.length, contentOffset));
    spans.add(end - spans.length, owner, 'header');
  }
  return spans.add(bytes.length - spans.length, 'archive', 'index');
}

/** Each file once, as the first of its paths. */
function contents(entries: readonly Entry[], owners: Owners): readonly Spans[] {
  const first = new Map<Inode, string>();
  for (const { path, inode } of entries) if (!first.has(inode)) first.set(inode, path);
  return filesOf(entries).map((inode) =>
    new Spans().add(inode.size, owners.at(first.get(inode)!), 'content'),
  );
}
