import { join } from 'node:path';
import { objectNames, packOurs, sum } from './ours.ts';
import type { Comparison, Input, Peer, Place } from './peer.ts';
import { binary, buildGo, pinned, run } from './tools.ts';

const DRIVER = 'unixfs';

interface Block {
  readonly cid: string;
  readonly kind: 'root' | 'leaf' | 'file' | 'directory' | 'symlink';
  /** Bytes of the block. */
  readonly size: number;
  /** sha256 of a leaf's content, and its bytes. */
  readonly content?: string;
  readonly length?: number;
}

export const unixfs: Peer = {
  name: 'unixfs',
  title: "boxo (Kubo's library), unixfs",
  follows: ['unixfs', 'unixfs-v1'],
  version: () => pinned(DRIVER, 'github.com/ipfs/boxo'),

  build: (place) => buildGo(place, DRIVER),

  async compare(place, input) {
    const v0 = await compareProfile(place, input, 'v0', 'unixfs');
    return [...v0, ...(await compareProfile(place, input, 'v1', 'unixfs-v1'))];
  },
};

async function compareProfile(
  place: Place,
  { tree, image }: Input,
  profile: 'v0' | 'v1',
  preset: string,
): Promise<readonly Comparison[]> {
  const packed = await packOurs(image, preset, join(place.work, preset));
  const own = packed.inventory.objects.lengths;
  const lengths = new Map(objectNames(packed).map((name, index) => [name, own[index]!]));
  const lines = run(binary(place, DRIVER), [tree, profile]).toString().split('\n').filter(Boolean);
  const blocks = lines.map((line) => JSON.parse(line) as Block);
  const of = (...kinds: readonly Block['kind'][]): readonly Block[] =>
    blocks.filter(({ kind }) => kinds.includes(kind));
  const leaves = of('leaf');
  const shared = leaves.filter((leaf) => lengths.get(leaf.content ?? '') === leaf.length);
  const content = sum(shared.map(({ length = 0 }) => length));
  // An empty file is a leaf of theirs and no object of ours.
  const others = leaves.filter(({ length = 0 }) => length > 0).length - shared.length;
  const parameters = `profile ${profile === 'v0' ? 'unixfs-v0-2015' : 'unixfs-v1-2025'}`;
  const rest = sum(own) - content;
  const nodes = of('file', 'directory', 'symlink');
  return [
    {
      parameters,
      what: 'distinct leaves',
      theirs: leaves.length,
      ours: shared.length,
      isSame: others === 0,
      why:
        others === 0
          ? `each is an object of ours by its SHA-256, but for ${leaves.length - shared.length} of an empty file`
          : `${others} leaves are no objects of ours`,
    },
    {
      parameters,
      what: 'bytes of leaves',
      theirs: sum(leaves.map(({ size }) => size)),
      ours: content,
      isSame: profile === 'v1' && others === 0,
      why:
        profile === 'v1'
          ? 'raw leaves: the block is the content, and its CID has our digest'
          : `each leaf is wrapped: ${overheads(leaves)} bytes of protobuf around the content`,
    },
    {
      parameters,
      what: 'bytes of directories and inner nodes',
      theirs: sum(nodes.map(({ size }) => size)),
      ours: rest,
      isSame: false,
      why: `theirs: ${of('directory').length} directories or shards, ${of('file').length} nodes of files, ${of('symlink').length} symlinks, without modes, owners and times; ours has these and lists leaves in directories`,
    },
  ];
}

/** Bytes around the contents of leaves, as a range. */
function overheads(leaves: readonly Block[]): string {
  const around = leaves.map(({ size, length = 0 }) => size - length);
  return `${Math.min(...around)} to ${Math.max(...around)}`;
}
