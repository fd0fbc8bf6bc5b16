import { join } from 'node:path';
import { readDirectory } from '../../src/datasets/directory.ts';
import { packOurs } from './ours.ts';
import type { Comparison, Peer } from './peer.ts';
import { binary, buildGoProgram, run } from './tools.ts';
import { compareTrees, refused } from './trees.ts';

const VERSION = '0.6.0';
/** Models whose layers are those of an OCI image. */
const MODELS = ['oci-gzip', 'oci-zstd', 'tar-zstd', 'package-layers', 'estargz', 'zstd-chunked'];

export const umoci: Peer = {
  name: 'umoci',
  title: 'umoci',
  follows: MODELS,
  version: () => VERSION,

  build(place) {
    buildGoProgram(
      place,
      `github.com/opencontainers/umoci@v${VERSION}`,
      './cmd/umoci',
      'h1:Dsm4beJpglN5y2E2EUSZZcNey4Ml4+nKepvwLQwgIec=',
    );
  },

  async compare(place, { image }) {
    const rows: Comparison[] = [];
    for (const name of MODELS) {
      const { directory } = await packOurs(image, name, join(place.work, name));
      const bundle = join(place.work, `${name}-bundle`);
      const parameters = `umoci raw unpack of ${name}`;
      try {
        run(binary(place, 'umoci'), ['raw', 'unpack', '--image', `${directory}:latest`, bundle]);
        const read = readDirectory(bundle);
        rows.push(compareTrees(parameters, image.tree, read, { ownerNames: false, sparse: false }));
      } catch (error) {
        rows.push(refused(parameters, image.tree, error));
      }
    }
    return rows;
  },
};
