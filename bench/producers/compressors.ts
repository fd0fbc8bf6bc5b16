import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createCodec } from '../../src/codecs/mod.ts';
import { runTool, type Tool } from '../../src/models/external/tool.ts';
import { projectPackage } from '../../src/project.ts';
import { FileSource, pieces } from '../../src/streams/source.ts';
import { writeFile } from '../../src/write-whole.ts';
import { PYTHON } from './archivers.ts';

/** Programs and libraries that compress a file, at the levels that are their defaults: gzip 6, zstd 3. */

export interface Compressor {
  readonly id: string;
  readonly title: string;
  readonly format: 'gzip' | 'zstd';
  readonly tools: readonly Tool[];
  /** Of what is no program. */
  readonly version?: string;
  /** Compresses the file `input` to `output`, both of the directory `place`. */
  compress(place: string, input: string, output: string): Promise<void>;
}

const probe = (name: string, version: RegExp, packaged = name): Tool => ({
  name,
  package: packaged,
  probe: [name, '--version'],
  version,
});
const GZIP = probe('gzip', /^gzip (\S+)/m);
const PIGZ = probe('pigz', /pigz (\S+)/);
const ZSTD = probe('zstd', /v(\d+\.\d+\.\d+)/);

const COMPRESS_PYTHON = `
import gzip, shutil, sys
with open(sys.argv[1], 'rb') as content, open(sys.argv[2], 'wb') as made:
    with gzip.GzipFile('', 'wb', 6, made, mtime=0) as packed:
        shutil.copyfileobj(content, packed, 1 << 20)
`;

/** The time of the file that gzip notes: seconds since the epoch. Its own would be another one each time. */
const NOTED_TIME = 1;

async function byCodec(id: string, place: string, input: string, output: string): Promise<void> {
  const { steps } = await createCodec(id);
  const source = new FileSource(join(place, input));
  const made: Uint8Array[] = [];
  for await (const bytes of steps!.compress(pieces(source))) made.push(Uint8Array.from(bytes));
  source.close();
  writeFile(join(place, output), made);
}

/** Its deflate and its zstd are those of this version. */
const ownVersion = projectPackage().version ?? '';

export const GZIP_REFERENCE = 'gzip-n';
export const ZSTD_REFERENCE = 'zstd';

export const COMPRESSORS: readonly Compressor[] = [
  {
    id: 'gzip',
    title: 'gzip',
    format: 'gzip',
    tools: [GZIP],
    async compress(place, input, output) {
      utimesSync(join(place, input), NOTED_TIME, NOTED_TIME);
      await runTool(place, ['gzip', '-6', '-c', input], { output });
    },
  },
  {
    id: GZIP_REFERENCE,
    title: 'gzip -n',
    format: 'gzip',
    tools: [GZIP],
    async compress(place, input, output) {
      await runTool(place, ['gzip', '-6', '-n', '-c', input], { output });
    },
  },
  {
    id: 'pigz-n',
    title: 'pigz -n',
    format: 'gzip',
    tools: [PIGZ],
    async compress(place, input, output) {
      await runTool(place, ['pigz', '-6', '-n', '-p', '4', '-c', input], { output });
    },
  },
  {
    id: 'zlib-python',
    title: "zlib of Python's gzip",
    format: 'gzip',
    tools: [PYTHON],
    async compress(place, input, output) {
      await runTool(place, ['python3', '-c', COMPRESS_PYTHON, input, output]);
    },
  },
  {
    id: 'zlib-runtime',
    title: 'zlib of the runtime',
    format: 'gzip',
    tools: [],
    version: process.versions['zlib'] ?? '',
    async compress(place, input, output) {
      writeFile(join(place, output), [gzipSync(readFileSync(join(place, input)), { level: 6 })]);
    },
  },
  {
    id: 'gzip-ocibench',
    title: 'gzip of ocibench',
    format: 'gzip',
    tools: [],
    version: ownVersion,
    compress: (place, input, output) => byCodec('gzip:level=6', place, input, output),
  },
  {
    id: ZSTD_REFERENCE,
    title: 'zstd',
    format: 'zstd',
    tools: [ZSTD],
    async compress(place, input, output) {
      await runTool(place, ['zstd', '-3', '-q', '-f', input, '-o', output]);
    },
  },
  {
    id: 'zstd-ocibench',
    title: 'zstd of ocibench',
    format: 'zstd',
    tools: [],
    version: ownVersion,
    compress: (place, input, output) => byCodec('zstd:level=3', place, input, output),
  },
];
