import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { createChunker } from './mod.ts';

/**
 * Chunkers beside the tools whose cuts they claim to make, on the same bytes. A tool that is not installed is skipped
 * with a message; under CI=true it is a failure.
 */

function againstTool(tool: string, title: string, run: (folder: string) => void): void {
  test(`${tool}: ${title}`, () => {
    if (spawnSync(tool, ['--version']).error) {
      if (process.env['CI'] === 'true') assert.unreachable(`${tool} is not installed`);
      return console.log(`skipped: ${tool} is not installed`);
    }
    const folder = mkdtempSync(join(tmpdir(), 'ocibench-'));
    try {
      run(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** Noise with a long run of zeros, and one of a repeated text, in it. */
function mixture(length: number, zerosAt: number, zeros: number): Uint8Array {
  const bytes = noise(length, 77);
  bytes.fill(0, zerosAt, zerosAt + zeros);
  const text = new TextEncoder().encode('The same line once again.\n');
  for (let at = 20_000; at < 60_000; at++) bytes[at] = text[at % text.length]!;
  return bytes;
}

const lengthsOf = (id: string, bytes: Uint8Array): readonly number[] => [
  ...createChunker(id).lengths(new MemorySource(bytes)),
];

/** Ends of the chunks in a `.caibx`: after two headers, items of u64 offset and 32 bytes of id. */
function caibxLengths(path: string): readonly number[] {
  const bytes = readFileSync(path);
  const [INDEX_HEADER, TABLE_HEADER, ITEM, TABLE_TAIL] = [48, 16, 40, 40];
  const lengths: number[] = [];
  let offset = 0;
  for (let at = INDEX_HEADER + TABLE_HEADER; at + TABLE_TAIL < bytes.length; at += ITEM) {
    const end = Number(bytes.readBigUInt64LE(at));
    lengths.push(end - offset);
    offset = end;
  }
  return lengths;
}

againstTool('casync', 'same cuts at several sizes, and fixed where min = avg = max', (folder) => {
  const file = join(folder, 'file');
  const bytes = mixture(3_000_000, 1_000_000, 700_000);
  writeFileSync(file, bytes);
  for (const [min, avg, max] of [
    [16384, 65536, 262144],
    [1024, 4096, 16384],
    [3000, 10_007, 50_001],
    [5000, 5000, 5000],
  ]) {
    const index = join(folder, `${avg}.caibx`);
    const sizes = `--chunk-size=${min}:${avg}:${max}`;
    execFileSync('casync', ['make', sizes, `--store=${join(folder, 'store')}`, index, file]);
    const id = `casync:min=${min},avg=${avg},max=${max}`;
    assert.equal(lengthsOf(id, bytes), caibxLengths(index), id);
  }
});

againstTool('borg', 'same cuts as an unencrypted repository', (folder) => {
  const file = join(folder, 'file');
  const bytes = mixture(2_000_000, 500_000, 300_000);
  writeFileSync(file, bytes);
  const env = {
    ...process.env,
    BORG_BASE_DIR: folder,
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  };
  const repository = join(folder, 'repository');
  const run = (...args: string[]): void => {
    execFileSync('borg', args, { env, cwd: folder, stdio: 'pipe' });
  };
  run('init', '-e', 'none', repository);
  for (const [minBits, maxBits, bits] of [
    [12, 16, 14],
    [10, 15, 12],
    [19, 23, 21],
  ]) {
    const archive = `${repository}::a${bits}`;
    run(
      'create',
      '--chunker-params',
      `buzhash,${minBits},${maxBits},${bits},4095`,
      archive,
      'file',
    );
    const dump = join(folder, `${bits}.json`);
    run('debug', 'dump-archive', archive, dump);
    const { _items: items } = JSON.parse(readFileSync(dump, 'utf8')) as {
      _items: readonly { chunks: readonly (readonly [id: string, size: number])[] }[];
    };
    const id = `borg:min=${2 ** minBits!},avg=${2 ** bits!},max=${2 ** maxBits!}`;
    assert.equal(
      lengthsOf(id, bytes),
      items[0]!.chunks.map(([, size]) => size),
      id,
    );
  }
});

againstTool('restic', 'same cuts by the polynomial of a new repository', (folder) => {
  const file = join(folder, 'file');
  const bytes = mixture(24_000_000, 9_000_000, 3_000_000);
  writeFileSync(file, bytes);
  const env = {
    ...process.env,
    RESTIC_PASSWORD: 'x',
    RESTIC_REPOSITORY: join(folder, 'repository'),
  };
  const run = (...args: string[]): string =>
    execFileSync('restic', [...args, '--no-cache'], {
      env,
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  run('init');
  run('backup', 'file');
  const { chunker_polynomial: polynomial } = JSON.parse(run('cat', 'config')) as {
    chunker_polynomial: string;
  };
  const { tree } = JSON.parse(run('cat', 'snapshot', run('list', 'snapshots').trim())) as {
    tree: string;
  };
  const { nodes } = JSON.parse(run('cat', 'blob', tree)) as {
    nodes: readonly { content: readonly string[] }[];
  };
  let offset = 0;
  const ids = lengthsOf(`rabin:poly=0x${polynomial}`, bytes).map((length) => {
    const chunk = bytes.subarray(offset, offset + length);
    offset += length;
    return createHash('sha256').update(chunk).digest('hex');
  });
  assert.equal(ids, nodes[0]!.content);
  assert.ok(ids.length > 5, `only ${ids.length} chunks`);
});

againstTool('zck', 'same cuts in noise, zeros and periods', (folder) => {
  const file = join(folder, 'file');
  const bytes = mixture(6_000_000, 2_000_000, 700_000);
  writeFileSync(file, bytes);
  const archive = join(folder, 'file.zck');
  execFileSync('zck', ['--compression-format=none', '-o', archive, file], { stdio: 'pipe' });
  const listing = execFileSync('zck_read_header', ['-c', archive], { encoding: 'utf8' });
  // Number, checksum, start, length, uncompressed length; number 0 is the dictionary.
  const rows = [...listing.matchAll(/^ *\d+ [0-9a-f]{32} +\d+ +\d+ +(\d+)/gm)];
  assert.equal(
    lengthsOf('zchunk', bytes),
    rows.slice(1).map(([, length]) => Number(length)),
  );
});

againstTool('skopeo', 'same cuts as zstd:chunked', (folder) => {
  const bytes = mixture(3_000_000, 1_000_000, 700_000);
  // Runs of zeros just below and at the length of a hole, and one at the end that is none.
  for (const [at, zeros] of [
    [300_000, 1023],
    [400_000, 1024],
    [bytes.length - 500, 500],
  ] as const)
    bytes.fill(0, at, at + zeros);
  writeLayout(join(folder, 'in'), ustar('file', bytes));
  execFileSync(
    'skopeo',
    [
      '--insecure-policy',
      'copy',
      '--dest-compress',
      '--dest-compress-format',
      'zstd:chunked',
    ].concat(`oci:${join(folder, 'in')}`, `dir:${join(folder, 'out')}`),
    { stdio: 'pipe' },
  );
  assert.equal(lengthsOf('rollsum', bytes), tocLengths(join(folder, 'out')));
});

/** An archive of one file. */
function ustar(name: string, bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write('0000644\0', 100);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc(1024 + ((512 - (bytes.length % 512)) % 512))]);
}

/** An OCI layout with one image of one layer. */
function writeLayout(folder: string, layer: Uint8Array): void {
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const type = 'application/vnd.oci.image';
  const put = (mediaType: string, content: Uint8Array | object): object => {
    const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
    const digest = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(blobs, digest), bytes);
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
  };
  const descriptor = put(`${type}.layer.v1.tar`, layer);
  const config = put(`${type}.config.v1+json`, {
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [(descriptor as { digest: string }).digest] },
  });
  const manifest = put(`${type}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${type}.manifest.v1+json`,
    config,
    layers: [descriptor],
  });
  const index = { schemaVersion: 2, manifests: [manifest] };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

/** Chunk lengths in the table of contents at the end of the one layer that skopeo wrote, by its annotation. */
function tocLengths(folder: string): readonly number[] {
  const { layers } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    layers: readonly { digest: string; annotations: Readonly<Record<string, string>> }[];
  };
  const { digest, annotations } = layers[0]!;
  const position = annotations['io.containers.zstd-chunked.manifest-position']!;
  const [offset, length] = position.split(':').map(Number) as [number, number];
  const blob = readFileSync(join(folder, digest.replace('sha256:', '')));
  const frame = blob.subarray(offset, offset + length);
  const toc = execFileSync('zstd', ['-dc'], { input: frame, encoding: 'utf8' });
  const { entries } = JSON.parse(toc) as { entries: readonly { chunkSize?: number }[] };
  return entries.map(({ chunkSize }) => chunkSize ?? 0);
}

test.run();
