import { join } from 'node:path';
import { metadataBytes, packOurs, storedBytes } from './ours.ts';
import type { Peer } from './peer.ts';
import { installed, run } from './tools.ts';

interface Information {
  readonly cache: {
    readonly stats: { readonly unique_csize: number; readonly total_unique_chunks: number };
  };
}

export const borg: Peer = {
  name: 'borg',
  title: 'borg',
  follows: ['borg'],
  version: () => installed(['borg', '--version'], /borg (\S+)/),

  build() {},

  async compare({ work }, { tree, image }) {
    const repository = join(work, 'repository');
    const env = { BORG_BASE_DIR: work, BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes' };
    run('borg', ['init', '-e', 'none', repository], { env });
    run('borg', ['create', '-C', 'zstd,3', `${repository}::a`, '.'], { env, cwd: tree });
    const text = run('borg', ['info', '--json', `${repository}::a`], { env }).toString();
    const { stats } = (JSON.parse(text) as Information).cache;
    const ours = await packOurs(image, 'borg', join(work, 'ours'));
    return [
      {
        parameters: '-e none, zstd,3, defaults',
        what: 'bytes of distinct chunks, metadata included',
        theirs: stats.unique_csize,
        ours: storedBytes(ours) + metadataBytes(ours),
        isSame: false,
        why: `${stats.total_unique_chunks} chunks with 41 bytes of header each, those of metadata among them; ours has ${ours.inventory.objects.count} of contents and one root`,
      },
    ];
  },
};
