import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FileSource } from '../../src/streams/source.ts';
import { applyLayers } from '../../src/trees/layers.ts';
import { packOurs, storedBytes, sum } from './ours.ts';
import type { Peer } from './peer.ts';
import { binary, filesBelow, run } from './tools.ts';
import { compareTrees } from './trees.ts';

const VERSION = '2.2.0';

export const nydus: Peer = {
  name: 'nydus',
  title: 'nydus-image (crate nydus-rs)',
  follows: ['nydus'],
  version: () => VERSION,

  build(place) {
    if (existsSync(binary(place, 'nydus-image'))) return;
    const target = join(place.folder, 'cargo/nydus');
    const words = ['install', 'nydus-rs', '--version', VERSION, '--locked', '--bin', 'nydus-image'];
    run('cargo', [...words, '--target-dir', target, '--root', place.folder]);
  },

  async compare(place, { tree, image }) {
    const program = binary(place, 'nydus-image');
    const [blobs, bootstrap, output] = ['blobs', 'bootstrap', 'unpacked.tar'].map((name) =>
      join(place.work, name),
    ) as [string, string, string];
    mkdirSync(blobs);
    run(program, ['create', '--bootstrap', bootstrap, '--blob-dir', blobs, tree]);
    const ours = await packOurs(image, 'nydus', join(place.work, 'ours'));
    const [blob] = ours.inventory.layers;
    const parameters = 'defaults: RAFS v6, zstd, chunks of 1 MiB';
    run(program, ['unpack', '--bootstrap', bootstrap, '--blob-dir', blobs, '--output', output]);
    const back = applyLayers([new FileSource(output)]);
    return [
      {
        parameters,
        what: 'bytes of the data blob',
        theirs: sum(filesBelow(blobs, '')),
        ours: storedBytes(ours),
        isSame: false,
        why: 'its blob holds a table of its chunks besides; frames by another libzstd',
      },
      {
        parameters,
        what: 'bytes of the index',
        theirs: statSync(bootstrap).size,
        ours: blob!.size - storedBytes(ours),
        isSame: false,
        why: `its bootstrap is an EROFS image that the kernel mounts, in blocks of 4 KiB, not compressed (magic ${readFileSync(bootstrap).readUInt32LE(1024).toString(16)}); ours is compressed`,
      },
      compareTrees('what it unpacks of its own', image.tree, back, {
        ownerNames: false,
        sparse: false,
      }),
    ];
  },
};
