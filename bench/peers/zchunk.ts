import { statSync } from 'node:fs';
import { join } from 'node:path';
import { compareCuts, ourCuts } from './cuts.ts';
import { packOurs, storedBytes, sum } from './ours.ts';
import type { Peer } from './peer.ts';
import { installed, run } from './tools.ts';

export const zchunk: Peer = {
  name: 'zchunk',
  title: 'zck',
  follows: ['zchunk'],
  version: () => installed(['zck', '--version'], /zchunk (\S+)/),

  build() {},

  async compare({ work }, { tar, image }) {
    const output = join(work, 'tar.zck');
    run('zck', ['-o', output, tar]);
    const ours = await packOurs(image, 'zchunk', join(work, 'ours'));
    const chunks = readChunks(output);
    const lengths = chunks.map(({ length }) => length);
    const cuts = compareCuts('defaults', lengths, ourCuts('zchunk', tar));
    const frames = sum(chunks.map(({ stored }) => stored));
    const own = storedBytes(ours);
    const [blob] = ours.manifest.layers;
    return [
      cuts,
      {
        parameters: 'defaults, level 9',
        what: 'bytes of frames',
        theirs: frames,
        ours: own,
        isSame: false,
        why: cuts.isSame
          ? 'the same chunks at the same level by another libzstd, which is called otherwise: not explained further'
          : 'other chunks',
      },
      {
        parameters: 'defaults, level 9',
        what: 'bytes of the file without frames',
        theirs: statSync(output).size - frames,
        ours: blob!.size - own,
        isSame: false,
        why: 'its rows of index have 21 bytes and a header, ours 44',
      },
    ];
  },
};

interface Chunk {
  readonly length: number;
  /** Bytes of its frame. */
  readonly stored: number;
}

/** From what zck_read_header prints of each chunk; the first is the dictionary, which is empty. */
function readChunks(path: string): readonly Chunk[] {
  const lines = run('zck_read_header', ['-c', path]).toString().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, digest]) => /^[0-9a-f]{16,}$/.test(digest ?? ''))
    .map((row) => ({ length: Number(row.at(-1)), stored: Number(row.at(-2)) }))
    .filter(({ length }) => length > 0);
}
