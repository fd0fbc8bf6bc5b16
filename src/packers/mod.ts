import type { Member } from '../ids.ts';
import { blob } from './blob.ts';
import { layers } from './layers.ts';
import { objects } from './objects.ts';
import type { Packer } from './packer.ts';

/** How objects lie in the registry. To add one: a file, and a row here. */
export const packerMembers: readonly (Member & { readonly packer: Packer })[] = [
  {
    name: 'layers',
    title: 'one blob per stream, listed by the manifest',
    source: 'OCI image-spec, layer.md',
    parameters: [],
    packer: layers,
  },
  {
    name: 'objects',
    title: 'one object per chunk in a chunk store, with a root or a casync index',
    source: 'casync; ostree; OCIv2 proof of concept',
    parameters: [],
    packer: objects,
  },
  {
    name: 'blob',
    title: 'one blob with its index at the tail',
    source: 'catar with HTTP Range (linux.conf.au 2020); eStargz; zstd:chunked',
    parameters: [],
    packer: blob,
  },
];
