import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD_TOOL } from '../../src/packers/soci-index.ts';
import { contentDigest } from '../../src/trees/content.ts';
import { packOurs } from './ours.ts';
import type { Comparison, Peer } from './peer.ts';
import { binary, buildGo, pinned, run } from './tools.ts';

const DRIVER = 'soci';
const SPAN = 4 << 20;
/** Its reader inflates a span for each file: of every so many the content is read. */
const EVERY = 16;

export const soci: Peer = {
  name: 'soci',
  title: 'soci-snapshotter, ztoc',
  follows: ['soci-index'],
  version: () => pinned(DRIVER, 'github.com/awslabs/soci-snapshotter'),

  build: (place) => buildGo(place, DRIVER, true),

  async compare(place, { image }) {
    // Shorter layers have an index here too, so that a small image is compared.
    const id = `layers|whole|delivered|ztoc:span=${SPAN},least=1|range`;
    const ours = await packOurs(image, id, join(place.work, 'ours'));
    const index = ours.inventory.layerIndexes?.indexes[0];
    const [layer] = ours.inventory.layers;
    if (!index || !layer) throw new Error('no layer of the image has an index');
    const pathOf = (digest: string): string =>
      join(ours.directory, 'blobs/sha256', digest.slice('sha256:'.length));
    const output = join(place.work, 'theirs');
    const driver = binary(place, DRIVER);
    run(driver, ['build', pathOf(layer.digest), output, String(SPAN), BUILD_TOOL]);
    const [theirs, own] = [readFileSync(output), ours.blob(index.digest)];
    const isSame = theirs.equals(own);
    const rows: Comparison[] = [
      {
        parameters: 'spans of 4 MiB, gzip',
        what: 'bytes of the zTOC',
        theirs: theirs.length,
        ours: own.length,
        isSame,
        why: isSame ? 'byte for byte, by the same name of the tool' : firstDifference(theirs, own),
      },
    ];
    const lines = run(driver, ['read', pathOf(layer.digest), pathOf(index.digest), String(EVERY)]);
    const read = lines.toString().split('\n').filter(Boolean);
    const entries = read.map((line) => JSON.parse(line) as { name: string; sha256?: string });
    const { tree } = image;
    const contents = new Map(
      tree.entries.map(({ path, inode }) => [Buffer.from(path, 'latin1').toString('utf8'), inode]),
    );
    const files = entries.filter(({ sha256 }) => sha256 !== undefined);
    const equal = files.filter(({ name, sha256 }) => {
      const inode = contents.get(name.replace(/^\.\//, ''));
      return inode !== undefined && contentDigest(tree, inode) === sha256;
    });
    rows.push({
      parameters: 'its reader on our zTOC',
      what: `files with the content they had, of every ${EVERY}th entry`,
      theirs: equal.length,
      ours: files.length,
      isSame: equal.length === files.length && files.length > 0,
      why: `it lists ${entries.length} entries`,
    });
    return rows;
  },
};

function firstDifference(theirs: Buffer, ours: Buffer): string {
  const at = theirs.findIndex((byte, index) => byte !== ours[index]);
  return `the first byte that differs is ${at}`;
}
