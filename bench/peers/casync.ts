import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { objectNames, packOurs, storedBytes } from './ours.ts';
import type { Peer } from './peer.ts';
import { filesBelow, installed, run } from './tools.ts';

/** What catar keeps here. */
const FEATURES = '32bit-uids nsec-time permissions symlinks device-nodes fifos xattrs fcaps'.split(
  ' ',
);

export const casync: Peer = {
  name: 'casync',
  title: 'casync',
  follows: ['casync'],
  version: () => installed(['casync', '--version'], /casync (\S+)/),

  build() {},

  async compare({ work }, { tree, image }) {
    const store = join(work, 'store');
    mkdirSync(store);
    const flags = FEATURES.map((feature) => `--with=${feature}`);
    const words = ['--digest=sha256', '--exclude-nodump=no', '--exclude-file=no', ...flags];
    const sizes = '--chunk-size=16384:65536:262144';
    run('casync', ['make', ...words, sizes, `--store=${store}`, join(work, 'index.caidx'), tree]);
    const stored = filesBelow(store, '.cacnk');
    const ours = await packOurs(image, 'casync', join(work, 'ours'));
    const names = objectNames(ours);
    const present = names.filter((name) =>
      existsSync(join(store, name.slice(0, 4), `${name}.cacnk`)),
    );
    const isSame = present.length === names.length && stored.length === names.length;
    const parameters = '16/64/256 KiB, --digest=sha256';
    return [
      {
        parameters,
        what: 'distinct chunks of the directory',
        theirs: stored.length,
        ours: names.length,
        isSame,
        why: isSame ? 'the same names' : `${present.length} of the names are the same`,
      },
      {
        parameters,
        what: 'bytes of the store',
        theirs: stored.reduce((total, size) => total + size, 0),
        ours: storedBytes(ours),
        isSame: false,
        why: isSame
          ? 'the same chunks; it does not tell zstd how long a chunk is, which then takes other parameters'
          : 'other chunks',
      },
    ];
  },
};
