import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, SkippedError } from '../../../errors.ts';
import { MemorySource } from '../../../streams/source.ts';
import { applyLayers } from '../../../trees/layers.ts';
import { comparePaths, type Inode } from '../../../trees/tree.ts';
import { gnuTar, runTool, type Tool } from '../tool.ts';
import { readErofs } from './erofs-reader.ts';
import {
  checkCluster,
  checkTimes,
  clusterParameter,
  type FileSystem,
  fileSystemFidelity,
  IMAGE,
  TAR,
} from './file-system.ts';

/** mkfs.erofs 1.5 states no version when asked; its package mates do. */
const tools: readonly Tool[] = [
  ...['mkfs.erofs', 'fsck.erofs'].map((name) => ({
    name,
    package: 'erofs-utils',
    probe: ['fsck.erofs', '-V'],
    version: /fsck\.erofs (\d+(?:\.\d+)*)/,
    minimum: '1.5',
  })),
  gnuTar,
];

const DIRECTORY = 'root';
const EXTRACTED = 'extracted';
/** Read from an archive: not every runtime opens files whose names are no UTF-8. */
const CONTENTS = 'contents.tar';
/** The last second of 32 bits: times up to it are kept, and the image's own is it. */
const LAST_SECOND = 2n ** 32n - 1n;

/**
 * mkfs.erofs 1.5 reads directories only, so the tar is extracted first: owners and devices need root. What it wrote is
 * read back in two ways, since fsck.erofs drops set-user-ID bits, hard links, attributes and fractions of seconds when it
 * extracts: contents come from it, metadata from the image's own bytes (erofs-reader.ts).
 */
export const erofs: FileSystem = {
  name: 'erofs',
  title: 'one EROFS image, as mkfs.erofs makes it; mountable as it is',
  source: 'Linux, Documentation/filesystems/erofs.rst; containerd, docs/erofs-layers.md',
  parameters: [
    {
      name: 'codec',
      kind: 'word',
      description: 'compressor of contents; lz4hc at level 12',
      default: 'lz4hc',
      words: ['none', 'lz4', 'lz4hc'],
    },
    clusterParameter('cluster', 'bytes of a physical cluster', 64 << 10),
  ],
  check: checkCluster('cluster'),
  mediaType: 'application/vnd.ocibench.erofs',
  fidelity: fileSystemFidelity('nanoseconds'),
  tools,

  checkTree(tree) {
    const refusal = 'an EROFS image is made with no times before 1970 or after 2106';
    checkTimes(tree, LAST_SECOND, refusal);
  },

  async make(directory, { codec, cluster }) {
    if (process.getuid?.() !== 0) {
      throw new SkippedError(
        'mkfs.erofs takes owners and devices from extracted files',
        {},
        'run as root',
      );
    }
    mkdirSync(join(directory, DIRECTORY));
    await runTool(directory, [
      ...['tar', '--xattrs', '--xattrs-include=*', '--same-owner', '--numeric-owner'],
      ...['-xpf', TAR, '-C', DIRECTORY],
    ]);
    const compressor = { none: [], lz4: ['-zlz4'], lz4hc: ['-zlz4hc,12'] }[String(codec)]!;
    await runTool(
      directory,
      [
        ...['mkfs.erofs', '--quiet', '-U', '00000000-0000-0000-0000-000000000000'],
        ...(codec === 'none' ? [] : [...compressor, `-C${cluster}`]),
        ...[IMAGE, DIRECTORY],
      ],
      { environment: { SOURCE_DATE_EPOCH: String(LAST_SECOND) } },
    );
  },

  async read(directory) {
    const described = readErofs(readFileSync(join(directory, IMAGE)));
    await runTool(directory, ['fsck.erofs', `--extract=${EXTRACTED}`, '--no-preserve', IMAGE]);
    await runTool(directory, ['tar', '--format=posix', '-C', EXTRACTED, '-cf', CONTENTS, '.']);
    const contents = applyLayers([new MemorySource(readFileSync(join(directory, CONTENTS)))]);
    const byPath = new Map(contents.entries.map(({ path, inode }) => [path, inode]));
    const inodes = new Map<number, Inode>();
    const entries = described.map(({ path, number, inode }) => {
      const known = inodes.get(number);
      if (known) return { path, inode: known };
      const extracted = byPath.get(path);
      if (inode.type === 'file' && extracted?.size !== inode.size) {
        throw new InputError(
          `fsck.erofs extracted ${extracted?.size ?? 'no'} bytes of ${inode.size}`,
          { entry: path },
          'pack the image again',
        );
      }
      const segments = inode.type === 'file' ? extracted!.segments : [];
      const whole: Inode = { ...inode, segments };
      inodes.set(number, whole);
      return { path, inode: whole };
    });
    return {
      sources: contents.sources,
      entries: entries.toSorted((a, b) => comparePaths(a.path, b.path)),
    };
  },
};
