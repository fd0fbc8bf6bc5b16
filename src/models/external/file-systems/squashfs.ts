import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemorySource } from '../../../streams/source.ts';
import { applyLayers } from '../../../trees/layers.ts';
import { runTool, type Tool } from '../tool.ts';
import {
  checkCluster,
  checkTimes,
  clusterParameter,
  type FileSystem,
  fileSystemFidelity,
  IMAGE,
  TAR,
} from './file-system.ts';

const tools: readonly Tool[] = ['tar2sqfs', 'sqfs2tar'].map((name) => ({
  name,
  package: 'squashfs-tools-ng',
  probe: [name, '--version'],
  version: /\(squashfs-tools-ng\) (\d+(?:\.\d+)*)/,
  minimum: '1.0',
}));

const RESTORED = 'restored.tar';

/**
 * Made and read back by squashfs-tools-ng, without privileges. sqfstar of squashfs-tools 4.5 would be the better known
 * program, but it takes no metadata of the root from the archive and sets its time to now: no two images are equal.
 */
export const squashfs: FileSystem = {
  name: 'squashfs',
  title: 'one squashfs image, as tar2sqfs makes it; codec at its default level (gzip 9, zstd 15)',
  source: 'squashfs-tools-ng; project-stacker/stacker, atomfs',
  parameters: [
    clusterParameter('block', 'bytes compressed together', 128 << 10),
    {
      name: 'codec',
      kind: 'word',
      description: 'compressor of blocks, fragments and metadata',
      default: 'gzip',
      words: ['gzip', 'xz', 'zstd', 'lz4'],
    },
  ],
  check: checkCluster('block'),
  mediaType: 'application/vnd.ocibench.squashfs',
  fidelity: fileSystemFidelity('seconds'),
  tools,

  checkTree: (tree) =>
    checkTimes(tree, 2n ** 32n, 'squashfs has no times before 1970 or after 2106'),

  make: (directory, { block, codec }) =>
    runTool(
      directory,
      [
        ...['tar2sqfs', '--quiet', '--no-skip', '--compressor', String(codec)],
        ...['--block-size', String(block), IMAGE],
      ],
      { input: TAR },
    ),

  async read(directory) {
    // Without a name for it the root's metadata is lost.
    await runTool(directory, ['sqfs2tar', '--no-skip', '--root-becomes', '.', IMAGE], {
      output: RESTORED,
    });
    return applyLayers([new MemorySource(readFileSync(join(directory, RESTORED)))]);
  },
};
