import { MemorySource } from '../streams/source.ts';
import { catarToTree } from './catar-reader.ts';
import { treeToCatar } from './catar-writer.ts';
import type { Serialiser } from './serialiser.ts';

/** casync's archive (systemd/casync, caformat.h): one stream, metadata between the contents. */
export const catar: Serialiser = {
  id: 'catar',
  fidelity: {
    mtime: 'nanoseconds',
    hardlinks: false,
    xattrs: true,
    devices: true,
    sparse: false,
    ownerNames: false,
    whiteouts: false,
  },
  serialise: (image) => ({ streams: [{ bytes: treeToCatar(image.tree) }] }),
  restore: ([stream]) => catarToTree(stream ?? new MemorySource(new Uint8Array(0))),
};
