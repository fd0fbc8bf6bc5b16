import type { Member, Resolved } from '../ids.ts';
import type { Image } from '../images/image.ts';
import { sha256 } from '../packers/blobs.ts';
import { flattenMerkleRoot } from '../serialisers/merkle.ts';
import { readRoot, sortEntries } from '../serialisers/root.ts';
import type { Metadata } from '../serialisers/serialiser.ts';
import { readStreamRoot } from '../serialisers/stream.ts';
import type { Owners } from './owners.ts';
import { type Span, Spans } from './spans.ts';

/** What the bytes of a metadata root are, and those of each object that it leads to. */
export interface MetadataSpans {
  readonly root: Spans | undefined;
  readonly objects: readonly Span[];
  /** Path of each directory but the root, where every one is an object → number of that object among {@link objects}. */
  readonly directories: ReadonlyMap<string, number>;
}

export function metadataSpans(
  { member }: Resolved<Member>,
  metadata: Metadata | undefined,
  image: Image,
  owners: Owners,
): MetadataSpans {
  if (!metadata) return { root: undefined, objects: [], directories: new Map() };
  if (member.name === 'merkle-files') return directorySpans(metadata, image, owners);
  const { root } = metadata;
  const spans = new Spans();
  let path: string | undefined;
  const addUpTo = (offset: number): void => {
    const length = offset - spans.length;
    if (path === undefined) spans.add(length, 'index', 'index');
    else spans.add(length, owners.at(path), 'entry');
  };
  const read = member.name === 'stream' ? readStreamRoot : readRoot;
  read(root, (next, offset) => {
    addUpTo(offset);
    path = next;
  });
  addUpTo(root.length);
  return { root: spans, objects: [], directories: new Map() };
}

/** An object is the directory that it was written for first: equal ones are one. */
function directorySpans(
  { root, objects = [] }: Metadata,
  image: Image,
  owners: Owners,
): MetadataSpans {
  const byDigest = new Map(objects.map((object) => [sha256(object.bytes), object.bytes]));
  const directories = sortEntries(image.tree).filter(
    ({ path, inode }) => inode.type === 'directory' && path !== '',
  );
  const numbers = new Map([...byDigest.keys()].map((key, number) => [key, number]));
  const paths = new Map<string, string>();
  const byPath = new Map<string, number>();
  let count = 0;
  // A directory is read where its entry is: in the order of the entries.
  flattenMerkleRoot(root, (digest) => {
    const key = Buffer.from(digest).toString('hex');
    const { path } = directories[count++]!;
    if (!paths.has(key)) paths.set(key, path);
    byPath.set(path, numbers.get(key)!);
    return byDigest.get(key)!;
  });
  return {
    root: new Spans().add(root.length, owners.at(''), 'listing'),
    objects: [...byDigest].map(([key, { length }]) => {
      return { length, of: owners.at(paths.get(key)!), kind: 'listing' };
    }),
    directories: byPath,
  };
}
