import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { tar } from '../../../serialisers/tar.ts';
import { MemorySource } from '../../../streams/source.ts';
import { applyLayers } from '../../../trees/layers.ts';
import { runTool, type Tool } from '../tool.ts';
import { type FileSystem, IMAGE, TAR } from './file-system.ts';
import { squashfs } from './squashfs.ts';

/** What a canonical tar can be put into before it is cut: `TAR` → `IMAGE` → the tree. */
export type Archive = Pick<FileSystem, 'tools' | 'fidelity' | 'checkTree' | 'read'> & {
  make(directory: string): Promise<unknown>;
};

const gzip: Tool = {
  name: 'gzip',
  package: 'gzip',
  probe: ['gzip', '--version'],
  version: /gzip (\d+(?:\.\d+)*)/,
};

const zstd: Tool = {
  name: 'zstd',
  package: 'zstd',
  probe: ['zstd', '--version'],
  version: /v(\d+(?:\.\d+)*)/,
};

/** Standard input to standard output; `-d` turns it round. */
function compressed(tool: Tool, options: readonly string[]): Archive {
  return {
    tools: [tool],
    fidelity: tar.fidelity,
    checkTree() {},
    make: (directory) =>
      runTool(directory, [tool.name, '-c', ...options], { input: TAR, output: IMAGE }),
    async read(directory) {
      await runTool(directory, [tool.name, '-d', '-c'], { input: IMAGE, output: TAR });
      return readTree(directory, TAR);
    },
  };
}

/** By the name that a model's id uses. */
export const archives: Readonly<Record<string, Archive>> = {
  tar: {
    tools: [],
    fidelity: tar.fidelity,
    checkTree() {},
    make: async (directory) => renameSync(join(directory, TAR), join(directory, IMAGE)),
    read: async (directory) => readTree(directory, IMAGE),
  },
  gzip: compressed(gzip, ['-6', '-n']),
  // Debian's gzip has had this patch since long before 1.7 took it in.
  'gzip-rsyncable': compressed(gzip, ['-6', '-n', '--rsyncable']),
  zstd: compressed(zstd, ['-3']),
  'zstd-rsyncable': compressed(zstd, ['-3', '--rsyncable']),
  squashfs: {
    ...squashfs,
    make: (directory) => squashfs.make(directory, { block: 128 << 10, codec: 'gzip' }),
  },
};

function readTree(directory: string, name: string): ReturnType<typeof applyLayers> {
  return applyLayers([new MemorySource(readFileSync(join(directory, name)))]);
}
