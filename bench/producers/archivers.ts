import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readDirectory } from '../../src/datasets/directory.ts';
import { SkippedError } from '../../src/errors.ts';
import { gnuTar, runTool, type Tool } from '../../src/models/external/tool.ts';
import { treeToTar } from '../../src/serialisers/tar.ts';
import { FileSource, pieces } from '../../src/streams/source.ts';
import { applyLayers } from '../../src/trees/layers.ts';
import { comparePaths } from '../../src/trees/tree.ts';
import { writeTree } from '../../src/trees/write.ts';
import { writeFile } from '../../src/write-whole.ts';

/** Programs that write a directory as a tar, as people call them and with all that can be said to make them agree. */

export interface Archiver {
  readonly id: string;
  readonly title: string;
  /** Without these it is skipped. */
  readonly tools: readonly Tool[];
  readonly needsRoot?: true;
  /** Writes the directory `root` as the file `output`; all names are of the directory `place`. */
  write(place: string, root: string, output: string): Promise<void>;
  /** Unpacks `archive` into the directory `root`, which is not there yet. */
  unpack(place: string, archive: string, root: string): Promise<void>;
}

const LIBARCHIVE: Tool = {
  name: 'bsdtar',
  package: 'libarchive-tools',
  probe: ['bsdtar', '--version'],
  version: /bsdtar (\S+)/,
};

export const PYTHON: Tool = {
  name: 'python3',
  package: 'python3',
  probe: [
    'python3',
    '-c',
    'import sys, zlib; print(sys.version.split()[0], "zlib", zlib.ZLIB_RUNTIME_VERSION)',
  ],
  version: /^(.+)$/m,
};

const UMOCI: Tool = {
  name: 'umoci',
  package: 'umoci',
  probe: ['umoci', '--version'],
  version: /version (\S+)/,
};

/** All paths, in the order of the canonical tar, for programs that take a list. */
const LIST = 'list';

function writeList(place: string, root: string): void {
  const { entries } = readDirectory(join(place, root));
  const paths = entries.map(({ path }) => path).sort(comparePaths);
  const names = paths.map((path) => `${path === '' ? './' : path}\0`).join('');
  writeFile(join(place, LIST), [Buffer.from(names, 'latin1')]);
}

/** The same by a list of names, numbers for owners, and the format that says least. */
function listed(
  id: string,
  title: string,
  tool: Tool,
  program: string,
  isListed: readonly string[],
): Archiver {
  return {
    id,
    title,
    tools: [tool],
    async write(place, root, output) {
      writeList(place, root);
      const names = ['-C', root, '--null', '-T', join(place, LIST)];
      const words = ['--format', 'ustar', '--numeric-owner', ...isListed, ...names];
      await runTool(place, [program, '-cf', output, ...words]);
    },
    unpack: extract(program),
  };
}

function extract(program: string): Archiver['unpack'] {
  return async (place, archive, root) => {
    mkdirSync(join(place, root));
    await runTool(place, [program, '-xpf', archive, '-C', root]);
  };
}

const WRITE_PYTHON = `
import sys, tarfile
root, output = sys.argv[1:]
with tarfile.open(output, 'w') as tar:
    tar.add(root, arcname='.')
`;
const EXTRACT_PYTHON = `
import sys, tarfile
archive, root = sys.argv[1:]
with tarfile.open(archive) as tar:
    tar.extractall(root, numeric_owner=True)
`;

export const CANONICAL = 'canonical';

export const ARCHIVERS: readonly Archiver[] = [
  {
    id: CANONICAL,
    title: 'canonical tar of ocibench',
    tools: [],
    async write(place, root, output) {
      writeFile(join(place, output), pieces(treeToTar(readDirectory(join(place, root)))));
    },
    async unpack(place, archive, root) {
      const source = new FileSource(join(place, archive));
      writeTree(applyLayers([source]), join(place, root));
      source.close();
    },
  },
  {
    id: 'gnu-tar',
    title: 'GNU tar',
    tools: [gnuTar],
    async write(place, root, output) {
      await runTool(place, ['tar', '-C', root, '-cf', output, '.']);
    },
    unpack: extract('tar'),
  },
  {
    // https://reproducible-builds.org/docs/archives/
    id: 'gnu-tar-sorted',
    title: 'GNU tar, as reproducible-builds.org asks',
    tools: [gnuTar],
    async write(place, root, output) {
      const pax = '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime';
      const words = ['--sort=name', '--format=posix', pax, '--numeric-owner'];
      await runTool(place, ['tar', ...words, '-C', root, '-cf', output, '.']);
    },
    unpack: extract('tar'),
  },
  listed('gnu-tar-listed', 'GNU tar, ustar by a list', gnuTar, 'tar', ['--no-recursion']),
  {
    id: 'bsdtar',
    title: 'bsdtar',
    tools: [LIBARCHIVE],
    async write(place, root, output) {
      await runTool(place, ['bsdtar', '-C', root, '-cf', output, '.']);
    },
    unpack: extract('bsdtar'),
  },
  listed('bsdtar-listed', 'bsdtar, ustar by a list', LIBARCHIVE, 'bsdtar', ['-n']),
  {
    id: 'python',
    title: "Python's tarfile",
    tools: [PYTHON],
    async write(place, root, output) {
      await runTool(place, ['python3', '-c', WRITE_PYTHON, root, output]);
    },
    async unpack(place, archive, root) {
      mkdirSync(join(place, root));
      await runTool(place, ['python3', '-c', EXTRACT_PYTHON, archive, root]);
    },
  },
  {
    id: 'umoci',
    title: "umoci (Go's archive/tar)",
    tools: [UMOCI],
    needsRoot: true,
    async write(place, root, output) {
      const umoci = (...words: readonly string[]): Promise<number> =>
        runTool(place, ['umoci', ...words]);
      await umoci('init', '--layout', 'layout');
      await umoci('new', '--image', 'layout:x');
      await umoci('unpack', '--image', 'layout:x', 'bundle');
      await runTool(place, ['cp', '-a', `${root}/.`, 'bundle/rootfs/']);
      await umoci('repack', '--image', 'layout:x', 'bundle');
      await runTool(place, ['gzip', '-dc', layerOf(join(place, 'layout'))], { output });
      for (const made of ['layout', 'bundle']) rmSync(join(place, made), { recursive: true });
    },
    async unpack(place, archive, root) {
      const umoci = (...words: readonly string[]): Promise<number> =>
        runTool(place, ['umoci', ...words]);
      await umoci('init', '--layout', 'layout');
      await umoci('new', '--image', 'layout:x');
      await umoci('raw', 'add-layer', '--image', 'layout:x', archive);
      await umoci('unpack', '--image', 'layout:x', 'bundle');
      await runTool(place, ['mv', 'bundle/rootfs', root]);
      for (const made of ['layout', 'bundle']) rmSync(join(place, made), { recursive: true });
    },
  },
];

/** Path of the only layer of the only image of a layout. */
function layerOf(layout: string): string {
  const blob = (digest: string): string => join(layout, 'blobs', digest.replace(':', '/'));
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
  const { manifests } = read(join(layout, 'index.json')) as { manifests: { digest: string }[] };
  const { layers } = read(blob(manifests[0]!.digest)) as { layers: { digest: string }[] };
  const [layer] = layers;
  if (!layer) throw new SkippedError('umoci writes no layer of a tree without entries', {}, '');
  return blob(layer.digest);
}

/** Throws a SkippedError where only root may do what is asked. */
export function requireRoot({ id, needsRoot }: Archiver): void {
  if (needsRoot && process.getuid?.() !== 0) {
    throw new SkippedError(`${id} sets owners, which is up to root`, {}, 'run it as root');
  }
}
