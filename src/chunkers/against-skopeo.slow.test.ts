import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { againstTool, lengthsOf, mixture } from '../testing/tools.ts';

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
