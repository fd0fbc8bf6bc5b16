import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, SkippedError } from '../../errors.ts';
import { MemorySource } from '../../streams/source.ts';
import { comparePaths, type Inode, type Tree } from '../../trees/tree.ts';
import { readErofs } from './erofs-reader.ts';
import { type FileSystem, IMAGE, TAR } from './file-system.ts';
import { runTool, type Tool } from './tool.ts';

/** mkfs.erofs 1.5 states no version when asked; its package mates do. */
const tools: readonly Tool[] = [
  ...['mkfs.erofs', 'fsck.erofs'].map((name) => ({
    name,
    package: 'erofs-utils',
    probe: ['fsck.erofs', '-V'],
    version: /fsck\.erofs (\d+(?:\.\d+)*)/,
    minimum: '1.5',
  })),
  { name: 'tar', package: 'tar', probe: ['tar', '--version'], version: /GNU tar\) (\S+)/ },
];

const DIRECTORY = 'root';
const EXTRACTED = 'extracted';
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
    {
      name: 'cluster',
      kind: 'bytes',
      description: 'bytes of a physical cluster, a power of two',
      default: 64 << 10,
      minimum: 4 << 10,
      maximum: 1 << 20,
    },
  ],
  check: ({ cluster }) =>
    Number.isInteger(Math.log2(Number(cluster))) ? undefined : 'cluster is no power of two',
  mediaType: 'application/vnd.ocibench.erofs',
  fidelity: {
    mtime: 'nanoseconds',
    hardlinks: true,
    xattrs: true,
    devices: true,
    sparse: false,
    ownerNames: false,
    whiteouts: false,
  },
  tools,

  checkTree({ entries }) {
    for (const { path, inode } of entries) {
      if (inode.mtime >= 0n && inode.mtime < LAST_SECOND * 1_000_000_000n) continue;
      throw new InputError(
        'an EROFS image is made with no times before 1970 or after 2106',
        { entry: path },
        'use another model for this image',
      );
    }
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
    const root = Buffer.from(join(directory, EXTRACTED));
    const sources: MemorySource[] = [];
    const inodes = new Map<number, Inode>();
    const entries = described.map(({ path, number, inode }) => {
      const known = inodes.get(number);
      if (known) return { path, inode: known };
      const { type, size } = inode;
      const hasContent = type === 'file' && size > 0;
      if (hasContent) {
        const content = Buffer.concat([root, Buffer.from(`/${path}`, 'latin1')]);
        sources.push(new MemorySource(new Uint8Array(readFileSync(content))));
      }
      const segments = hasContent ? [{ source: sources.length - 1, offset: 0, length: size }] : [];
      const whole: Inode = { ...inode, segments };
      inodes.set(number, whole);
      return { path, inode: whole };
    });
    const tree: Tree = { sources, entries };
    return { ...tree, entries: entries.toSorted((a, b) => comparePaths(a.path, b.path)) };
  },
};
