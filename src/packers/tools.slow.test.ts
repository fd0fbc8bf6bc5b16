import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { writeArtefact } from '../models/artefact.ts';
import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { MemorySource } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { has, inDirectory, shell } from '../testing/shell.ts';
import { differences } from '../trees/compare.ts';
import { applyLayers } from '../trees/layers.ts';
import { sha256 } from './blobs.ts';
import type { AnnotatedDescriptor, Manifest } from './packer.ts';

/** What layers we write mean to the tools that own their formats. */

const PLAIN_CHUNKED = 'layer-files|rollsum|zstd:level=3|zstd-chunked:form=plain|range';

/** A layer with a file longer than 4 MiB, one with holes, links, a fifo, an attribute, a setuid bit, an odd time. */
function buildLayer(directory: string): Uint8Array {
  shell(
    `mkdir -p t/a/deep t/empty.d
     head -c 5000000 /dev/urandom >t/a/big; seq 100000 >t/a/text; echo hello >t/a/small; cp t/a/small t/a/same
     { head -c 5000 /dev/urandom; head -c 9000 /dev/zero; head -c 200000 /dev/urandom; } >t/a/holes
     ln -s small t/a/link; ln t/a/small t/a/hard; mkfifo t/a/fifo; : >t/none; chmod 4755 t/a/text
     for i in $(seq 30); do seq $i $((i * 50)) >t/a/deep/$i; done
     setfattr -n user.x -v hi t/a/small || echo no attributes here
     find t -exec touch -hd '2001-02-03 04:05:06' {} +; touch -hd '2001-02-03 04:05:06.5' t/a/text
     tar --sort=name --format=pax --pax-option=delete=atime,delete=ctime --xattrs --numeric-owner \\
       --owner=0 --group=0 -cf t.tar -C t .`,
    directory,
  );
  return new Uint8Array(readFileSync(join(directory, 't.tar')));
}

interface Written {
  readonly image: Image;
  readonly tar: Uint8Array;
  readonly descriptor: AnnotatedDescriptor;
  readonly blob: Buffer;
}

/** Packs the layer into `directory`/NAME and reads its only layer blob back. */
async function pack(directory: string, name: string, id = name): Promise<Written> {
  const tar = buildLayer(directory);
  const image = imageOfTars(tar);
  const model = await createModel(id);
  const packed = await model.pack(image, inline);
  await writeArtefact(packed, join(directory, name), inline);
  const manifest = JSON.parse(new TextDecoder().decode(packed.manifest)) as Manifest;
  const descriptor = manifest.layers[0]!;
  const path = join(directory, name, 'blobs/sha256', descriptor.digest.slice(7));
  return { image, tar, descriptor, blob: readFileSync(path) };
}

interface TocEntry {
  readonly type: string;
  readonly name: string;
  readonly size?: number;
  readonly digest?: string;
  readonly offset?: number;
  readonly endOffset?: number;
  readonly chunkOffset?: number;
  readonly chunkSize?: number;
  readonly chunkDigest?: string;
}

/** Every chunk that a table names: where its piece ends at the latest, and how long it is. */
function chunksOf(
  entries: readonly TocEntry[],
  end: number,
): readonly (TocEntry & { readonly end: number; readonly length: number })[] {
  const chunks = entries.filter(({ offset }) => offset !== undefined);
  let fileSize = 0;
  return chunks.map((chunk, index) => {
    fileSize = chunk.size ?? fileSize;
    // Without a size, a chunk goes to the end of its file.
    const length = chunk.chunkSize ?? fileSize - (chunk.chunkOffset ?? 0);
    return { ...chunk, end: chunks[index + 1]?.offset ?? end, length };
  });
}

test('zcat and gzip give the layer out of an eStargz blob, and its table is right', async () => {
  if (!has('zcat', 'tar')) return;
  await inDirectory(async (directory) => {
    const { tar, descriptor, blob } = await pack(directory, 'estargz');
    const whole = Buffer.from(
      shell(`zcat <estargz/blobs/sha256/${descriptor.digest.slice(7)}`, directory),
      'latin1',
    );
    assert.is(Buffer.compare(whole.subarray(0, tar.length), tar), 0);
    assert.is(
      String(whole.length),
      descriptor.annotations?.['io.containers.estargz.uncompressed-size'],
    );
    // The footer is an empty member whose extra field leads to the table.
    const footer = blob.subarray(-51);
    const field = footer.subarray(16, 38).toString('latin1');
    assert.match(field, /^[0-9a-f]{16}STARGZ$/);
    const tocOffset = Number.parseInt(field.slice(0, 16), 16);
    writeFileSync(join(directory, 'toc.gz'), blob.subarray(tocOffset));
    const json = shell('zcat toc.gz | tar -xO stargz.index.json', directory);
    const tocDigest = descriptor.annotations?.['containerd.io/snapshot/stargz/toc.digest'];
    assert.is(`sha256:${sha256(Buffer.from(json, 'latin1'))}`, tocDigest);
    const { version, entries } = JSON.parse(json) as { version: number; entries: TocEntry[] };
    assert.is(version, 1);
    assert.is(entries.find(({ name }) => name.endsWith('a/big'))?.chunkSize, 4 << 20);
    for (const chunk of chunksOf(entries, tocOffset)) {
      writeFileSync(join(directory, 'chunk.gz'), blob.subarray(chunk.offset, chunk.end));
      const content = shell('zcat chunk.gz', directory);
      const named = Buffer.from(content, 'latin1').subarray(0, chunk.length);
      assert.is(`sha256:${sha256(named)}`, chunk.chunkDigest, chunk.name);
    }
  });
});

test('zstd gives the layer out of a zstd:chunked blob, and its table is that of skopeo', async () => {
  if (!has('zstd', 'skopeo', 'umoci')) return;
  await inDirectory(async (directory) => {
    // That skopeo is of 2022.
    const { tar, descriptor, blob } = await pack(directory, 'zstd-chunked', PLAIN_CHUNKED);
    const path = `zstd-chunked/blobs/sha256/${descriptor.digest.slice(7)}`;
    const whole = Buffer.from(shell(`zstd -dc <${path}`, directory), 'latin1');
    assert.is(Buffer.compare(whole, tar), 0);

    shell(
      `umoci init --layout oci && umoci new --image oci:t && umoci raw add-layer --image oci:t t.tar
       skopeo copy --dest-compress --dest-compress-format zstd:chunked oci:oci:t dir:theirs`,
      directory,
    );
    const theirs = JSON.parse(
      readFileSync(join(directory, 'theirs/manifest.json'), 'utf8'),
    ) as Manifest;
    const [theirLayer] = theirs.layers;
    const theirBlob = readFileSync(join(directory, 'theirs', theirLayer!.digest.slice(7)));
    const readToc = (annotations: AnnotatedDescriptor['annotations'], bytes: Buffer): unknown[] => {
      const position = annotations?.['io.containers.zstd-chunked.manifest-position'] ?? '';
      const [offset, length, rawLength, type] = position.split(':').map(Number);
      const stored = bytes.subarray(offset, offset! + length!);
      const checksum = annotations?.['io.containers.zstd-chunked.manifest-checksum'];
      assert.is(`sha256:${sha256(stored)}`, checksum);
      assert.is(type, 1);
      // The footer repeats the position.
      const footer = bytes.subarray(-40);
      const numbers = [0, 8, 16, 24].map((at) => Number(footer.readBigUInt64LE(at)));
      assert.equal(numbers, [offset, length, rawLength, type]);
      assert.is(footer.subarray(32).toString(), 'GnUlInUx');
      writeFileSync(join(directory, 'toc.zst'), stored);
      const json = shell('zstd -dc toc.zst', directory);
      assert.is(json.length, rawLength);
      return (JSON.parse(json) as { entries: unknown[] }).entries;
    };
    const entries = readToc(descriptor.annotations, blob) as TocEntry[];
    // What depends on the compressor, and times of access that the tar does not carry, are left aside.
    const comparable = (rows: readonly unknown[]): readonly unknown[] =>
      rows.map((row) => {
        const { offset, endOffset, accesstime, changetime, ...rest } = row as Record<
          string,
          unknown
        >;
        return { ...rest, hasOffset: offset !== undefined, hasEnd: endOffset !== undefined };
      });
    assert.equal(comparable(entries), comparable(readToc(theirLayer!.annotations, theirBlob)));
    const end = Math.max(...entries.map(({ endOffset = 0 }) => endOffset));
    for (const chunk of chunksOf(entries, end)) {
      writeFileSync(join(directory, 'chunk.zst'), blob.subarray(chunk.offset, chunk.end));
      const content = Buffer.from(shell('zstd -dc chunk.zst', directory), 'latin1');
      const digest = chunk.chunkDigest ?? chunk.digest;
      assert.is(`sha256:${sha256(content.subarray(0, chunk.length))}`, digest);
    }
  });
});

/** Models whose layers are those of an OCI image. */
for (const name of ['oci-gzip', 'package-layers', 'tar-zstd', 'estargz', 'zstd-chunked']) {
  test(`skopeo copies an image of ${name}, and umoci unpacks the tree it came from`, async () => {
    if (!has('skopeo', 'umoci', 'tar')) return;
    await inDirectory(async (directory) => {
      const { image } = await pack(directory, name);
      const rootless = process.getuid?.() === 0 ? '' : '--rootless';
      // umoci of the distribution knows no zstd: skopeo makes gzip of it on the way.
      shell(
        `skopeo copy --dest-compress-format gzip oci:${name}:latest dir:dir
         skopeo copy --dest-decompress dir:dir dir:plain
         skopeo copy dir:plain oci:copy:x
         umoci unpack ${rootless} --image copy:x bundle
         tar --sort=name --format=pax --xattrs --numeric-owner -cf back.tar -C bundle/rootfs .`,
        directory,
      );
      const back = applyLayers([new MemorySource(readFileSync(join(directory, 'back.tar')))]);
      const names = { ownerNames: false, sparse: false };
      const fidelity = { ...(await createModel('tar-zstd')).fidelity, ...names };
      assert.equal(differences(image.tree, back, fidelity).map(String), []);
    });
  });
}

test.run();
