import { createAddedNow, createNamedFamily, type Family } from '../family.ts';
import type { Member, Resolved, Values } from '../ids.ts';
import { blob } from './blob.ts';
import { chunkBlobs } from './chunk-blobs.ts';
import { heldPacker } from './contract.ts';
import { estargz } from './estargz.ts';
import { layers } from './layers.ts';
import { objects } from './objects.ts';
import { offsetMap } from './offset-map.ts';
import type { Packer } from './packer.ts';
import { createPacks } from './packs.ts';
import { createZstdChunked, FORMS, type Form } from './zstd-chunked.ts';
import { createZtoc } from './ztoc.ts';

export interface PackerMember extends Member {
  /** Says where in its blobs objects lie, so that ranges of them can be fetched. */
  readonly isPlaced?: boolean;
  /** Lays layers that were divided at contents, each part compressed by this codec. */
  readonly partsBy?: string;
  /** Its index has files, not only objects: each must be a part of its own. */
  readonly namesFiles?: boolean;
  /** Looks into stored pieces; others lay them out by their lengths and digests. */
  readonly readsStored?: true;
  create(values: Values): Packer;
}

/** How objects lie in the registry. To add one: a file, and a row here. */
export const packers: Family<PackerMember> = createNamedFamily('packer', [
  {
    name: 'layers',
    title: 'one blob per stream, listed by the manifest',
    source: 'OCI image-spec, layer.md',
    parameters: [],
    create: () => layers,
  },
  {
    name: 'objects',
    title: 'one object per chunk in a chunk store, with a root or a casync index',
    source: 'casync; ostree; OCIv2 proof of concept',
    parameters: [],
    create: () => objects,
  },
  {
    name: 'blob',
    isPlaced: true,
    title: 'one blob with its index at the tail',
    source: 'catar with HTTP Range (linux.conf.au 2020); eStargz; zstd:chunked',
    parameters: [],
    create: () => blob,
  },
  {
    name: 'packs',
    isPlaced: true,
    title: 'objects in packs that the images of a series share, index apart',
    source: 'restic, design.rst; borg, internals/data-structures; xet xorbs',
    parameters: [
      {
        name: 'size',
        kind: 'bytes',
        description: 'most that a pack holds; a longer object has one to itself',
        default: 64 << 20,
        minimum: 4096,
        maximum: 2 ** 30,
      },
      {
        name: 'chunks',
        kind: 'integer',
        description: 'most objects in a pack',
        // A xorb of xet holds at most this many; restic and borg reach their size long before.
        default: 8192,
        minimum: 1,
        maximum: 2 ** 20,
      },
    ],
    create: ({ size, chunks }) => createPacks({ bytes: Number(size), objects: Number(chunks) }),
  },
  {
    name: 'manifest',
    title: 'one blob per chunk, every one listed by the manifest',
    source: 'folbricht/desync#284; puzzlefs',
    parameters: [],
    create: () => chunkBlobs,
  },
  {
    name: 'estargz',
    title: 'layers of gzip members with a table of contents',
    source: 'containerd/stargz-snapshotter, docs/estargz.md',
    parameters: [],
    isPlaced: true,
    partsBy: 'gzip',
    namesFiles: true,
    create: () => estargz,
  },
  {
    name: 'zstd-chunked',
    title: 'layers of zstd frames with a table of contents',
    source: 'containers/storage, pkg/chunked/compressor',
    parameters: [
      {
        name: 'form',
        kind: 'word',
        description: 'with tar-split data, or as in 2022 without',
        words: FORMS,
        default: 'tar-split',
        isSilent: true,
      },
    ],
    isPlaced: true,
    partsBy: 'zstd',
    namesFiles: true,
    create: ({ form }) => createZstdChunked(form as Form),
  },
  {
    name: 'offset-map',
    title: 'layers of zstd frames, where they lie in a blob of its own',
    source: 'composefs-rs#224, #356',
    parameters: [],
    isPlaced: true,
    partsBy: 'zstd',
    create: () => offsetMap,
  },
  {
    name: 'ztoc',
    title: 'layers as they are, and an artifact that says where to start reading them',
    source: 'awslabs/soci-snapshotter, docs/soci-index-manifest-v2.md',
    parameters: [
      {
        name: 'span',
        kind: 'bytes',
        description: 'content between two places to start at, at least',
        default: 4 << 20,
        minimum: 32 << 10,
        maximum: 2 ** 30,
      },
      {
        name: 'least',
        kind: 'bytes',
        description:
          'stored length from which a layer has an index; shorter ones are fetched whole',
        default: 10 << 20,
        minimum: 0,
        maximum: 2 ** 30,
      },
    ],
    isPlaced: true,
    readsStored: true,
    create: ({ span, least }) => createZtoc({ span: Number(span), least: Number(least) }),
  },
]);

export const packerMembers: readonly PackerMember[] = packers.members;

export function createPacker(resolved: Resolved<PackerMember>): Packer {
  const { member, values } = resolved;
  if (!member.plugin) return member.create(values);
  // Its contract needs an image: the first that it packs.
  const packer = createAddedNow(
    'packer',
    resolved,
    () => member.create(values),
    () => {},
  );
  return heldPacker(packer, member);
}
