import { type Member, resolve } from '../ids.ts';
import { catar } from './catar.ts';
import { files } from './files.ts';
import { layers } from './layers.ts';
import type { Serialiser } from './serialiser.ts';
import { tar } from './tar.ts';

/** How a tree becomes streams. To add one: a file, and a row here. */
export const serialiserMembers: readonly (Member & { readonly serialiser: Serialiser })[] = [
  {
    name: 'layers',
    title: "the image's own layers",
    source: 'OCI image-spec, layer.md',
    parameters: [],
    serialiser: layers,
  },
  {
    name: 'tar',
    title: 'one squashed tar in canonical form',
    source: 'POSIX.1-2001 pax; the form is stated in serialisers/tar.ts',
    parameters: [],
    serialiser: tar,
  },
  {
    name: 'catar',
    title: "casync's archive",
    source: 'systemd/casync, caformat.h',
    parameters: [],
    serialiser: catar,
  },
  {
    name: 'files',
    title: 'one stream per distinct file, flat metadata root',
    source: 'ostree, docs/formats.md; umoci, experimental/ociv2',
    parameters: [],
    serialiser: files,
  },
];

export function createSerialiser(id: string): Serialiser {
  return resolve('serialiser', serialiserMembers, id).member.serialiser;
}
