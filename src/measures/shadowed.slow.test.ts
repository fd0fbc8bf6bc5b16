import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fetchImage, openDataset } from '../datasets/mod.ts';
import { lackOf, lackOfRoot, unless } from '../testing/needs.ts';
import { offlineContext } from '../testing/offline.ts';
import { shell } from '../testing/shell.ts';
import { imageMeasures } from './image.ts';

const test = suite<{ directory: string }>('shadowed bytes');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-shadowed-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const made = unless(test, lackOf('umoci', 'jq'), lackOfRoot());

made(
  'are, in layers that umoci made, what an unpacked image no longer has',
  async ({ directory }) => {
    const layer = (changes: string): string => `
    umoci unpack --image layout:x bundle
    (cd bundle/rootfs && ${changes})
    umoci repack --image layout:x bundle
    rm -r bundle`;
    shell(
      [
        'umoci init --layout layout',
        'umoci new --image layout:x',
        layer(
          'mkdir d e; head -c 1000 /dev/zero > d/a; head -c 20 /dev/zero > d/b; head -c 300 /dev/zero > e/c; ln e/c e/l; head -c 4 /dev/zero > f',
        ),
        layer('chmod 700 d/a; rm -r e; echo other > f; head -c 77 /dev/zero > g'),
        layer('rm g; head -c 9 /dev/zero > d/b'),
      ].join('\n'),
      directory,
    );
    const dataset = await openDataset([join(directory, 'layout')]);
    const image = await fetchImage(dataset, dataset.images[0]!.id, offlineContext(directory));
    const measured = imageMeasures(image);
    const layers = measured.filter(({ measure }) => measure === 'image.shadowed_bytes');
    assert.equal(
      layers.map(({ layer, value }) => [layer, value]),
      // d/a for its mode, d/b, e/c and f; then g.
      [
        [1, 1000 + 20 + 300 + 4],
        [2, 77],
        [3, 0],
      ],
    );
    // By another way: of what the archives carry, what an unpacked image has not.
    const carried = shell(
      `for blob in $(jq -r '.layers[].digest[7:]' layout/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' layout/index.json)); do
       gzip -dc layout/blobs/sha256/$blob | tar -tvf - | awk '/^-/ { sum += $3 } END { print sum + 0 }'
     done | awk '{ sum += $1 } END { print sum }'`,
      directory,
    );
    shell('umoci unpack --image layout:x bundle', directory);
    const seen = shell(
      "find bundle/rootfs -type f -printf '%i %s\\n' | sort -u | awk '{ sum += $2 } END { print sum }'",
      directory,
    );
    const sum = layers.reduce((all, { value }) => all + Number(value), 0);
    assert.is(sum, Number(carried) - Number(seen));
  },
);

test.run();
