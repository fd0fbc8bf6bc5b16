import { join } from 'node:path';
import { metadataBytes, packOurs, storedBytes, sum } from './ours.ts';
import type { Peer } from './peer.ts';
import { filesBelow, installed, run } from './tools.ts';

const SUFFIXES = ['.filez', '.dirtree', '.dirmeta'];

export const ostree: Peer = {
  name: 'ostree',
  title: 'ostree',
  follows: ['ostree', 'whole-file'],
  version: () => installed(['ostree', '--version'], /Version: '([^']+)'/),

  build() {},

  async compare({ work }, { tree, image }) {
    const repository = `--repo=${join(work, 'repository')}`;
    run('ostree', [repository, 'init', '--mode=archive']);
    run('ostree', [repository, 'commit', '-b', 'x', `--tree=dir=${tree}`]);
    const stored = SUFFIXES.map((suffix) => filesBelow(join(work, 'repository/objects'), suffix));
    const [files, trees, metas] = stored.map(({ length }) => length);
    const ours = await packOurs(image, 'ostree', join(work, 'ours'));
    return [
      {
        parameters: 'archive mode',
        what: 'bytes of all objects',
        theirs: sum(stored.flat()),
        ours: storedBytes(ours) + metadataBytes(ours),
        isSame: false,
        why: `${files} files, with a header each, symlinks among them, ${trees} trees and ${metas} metadata of directories; ours has ${ours.inventory.objects.count} objects of contents and directories`,
      },
    ];
  },
};
