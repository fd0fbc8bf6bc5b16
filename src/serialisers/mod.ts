import { createAddedNow, createNamedFamily, type Family } from '../family.ts';
import { type Member, resolve, type Values } from '../ids.ts';
import { listed } from '../listed.ts';
import { catar } from './catar.ts';
import { holdToContract } from './contract.ts';
import { files, merkleFiles } from './files.ts';
import { layers } from './layers.ts';
import { ORDERS, type OrderPolicy } from './order.ts';
import { createPackages } from './packages.ts';
import { createTarFiles, layerFiles } from './parts.ts';
import type { Serialiser } from './serialiser.ts';
import { createStream } from './stream.ts';
import { tar } from './tar.ts';

/** What streams are to a packer: archives that are layers as they are, parts of such archives, or content alone. */
export type StreamKind = 'archives' | 'parts' | 'contents';

export interface SerialiserMember extends Member {
  readonly streams: StreamKind;
  create(values: Values): Serialiser;
}

/** How a tree becomes streams. To add one: a file, and a row here. */
export const serialisers: Family<SerialiserMember> = createNamedFamily('serialiser', [
  {
    name: 'layers',
    title: "the image's own layers",
    source: 'OCI image-spec, layer.md',
    parameters: [],
    streams: 'archives',
    create: () => layers,
  },
  {
    name: 'tar',
    title: 'one squashed tar in canonical form',
    source: 'POSIX.1-2001 pax; the form is stated in serialisers/tar.ts',
    parameters: [],
    streams: 'archives',
    create: () => tar,
  },
  {
    name: 'packages',
    title: 'canonical tars, one for each of the largest packages',
    source: 'coreos/chunkah; rpm-ostree, container chunks',
    parameters: [
      {
        name: 'layers',
        kind: 'integer',
        description: 'most layers',
        default: 64,
        minimum: 2,
        maximum: 4096,
      },
    ],
    streams: 'archives',
    create: ({ layers: most }) => createPackages(Number(most)),
  },
  {
    name: 'layer-files',
    title: "the image's own layers, divided at the contents of their files",
    source: 'containerd/stargz-snapshotter, docs/estargz.md; containers/storage, pkg/chunked',
    parameters: [],
    streams: 'parts',
    create: () => layerFiles,
  },
  {
    name: 'tar-files',
    title: 'one squashed tar in canonical form, divided at larger contents',
    source: 'composefs-rs#224, #356',
    parameters: [
      {
        name: 'least',
        kind: 'bytes',
        description: 'shorter contents stay with what surrounds them',
        default: 4096,
        minimum: 1,
        maximum: 2 ** 30,
      },
    ],
    streams: 'parts',
    create: ({ least }) => createTarFiles(Number(least)),
  },
  {
    name: 'catar',
    title: "casync's archive",
    source: 'systemd/casync, caformat.h',
    parameters: [],
    streams: 'archives',
    create: () => catar,
  },
  {
    name: 'files',
    title: 'one stream per distinct file, flat metadata root',
    source: 'ostree, docs/formats.md; umoci, experimental/ociv2',
    parameters: [],
    streams: 'contents',
    create: () => files,
  },
  {
    name: 'merkle-files',
    title: 'one stream per distinct file, one metadata object per directory',
    source: 'ostree, docs/repo.md (dirtree); umoci, experimental/ociv2 before d565c74a',
    parameters: [],
    streams: 'contents',
    create: () => merkleFiles,
  },
  {
    name: 'stream',
    title: 'contents of all files in one stream, metadata root apart',
    source: 'project-machine/puzzlefs, doc/chunking.md',
    parameters: [
      {
        name: 'order',
        kind: 'word',
        description: 'what follows what',
        words: ORDERS,
        default: 'lexicographic',
      },
    ],
    streams: 'contents',
    create: ({ order }) => createStream(order as OrderPolicy),
  },
]);

export const serialiserMembers: readonly SerialiserMember[] = serialisers.members;

export function createSerialiser(id: string): Serialiser {
  const resolved = resolve('serialiser', serialiserMembers, id);
  const { member, values } = resolved;
  if (!member.plugin) return member.create(values);
  const make = (): Serialiser => withFidelity(member.create(values));
  return createAddedNow('serialiser', resolved, make, (made) => {
    if (!held.has(resolved.id)) holdToContract(made);
    held.add(resolved.id);
  });
}

/** What a run says of every model, before anything is packed. */
function withFidelity(serialiser: Serialiser): Serialiser {
  const { mtime, ...flags } = serialiser.fidelity;
  const names = ['hardlinks', 'xattrs', 'devices', 'sparse', 'ownerNames', 'whiteouts'] as const;
  const isTold =
    ['nanoseconds', 'seconds', 'none'].includes(mtime) &&
    Object.keys(flags).length === names.length &&
    names.every((name) => typeof flags[name] === 'boolean');
  if (isTold) return serialiser;
  throw new TypeError(`its fidelity needs mtime and ${listed(names)}, and nothing else`);
}

/** Members of plug-ins that this thread has held to their contract: ids. */
const held = new Set<string>();
