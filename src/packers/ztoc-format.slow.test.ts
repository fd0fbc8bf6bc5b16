import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { noise } from '../testing/noise.ts';
import { has, inDirectory, shell } from '../testing/shell.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { sha256 } from './blobs.ts';
import type { Packed } from './packer.ts';

const MODEL = 'layers|whole|delivered|ztoc:span=32KiB,least=10KiB|range';

const tarOf = (sketches: Readonly<Record<string, Sketch>>): Uint8Array =>
  readAll(treeToTar(sketchTree(sketches)));

const large = tarOf({
  data: { content: noise(400_000), mtime: 1_500_000_000_250_000_000n },
  link: { type: 'symlink', target: 'data' },
  [`${'long'.repeat(60)}`]: { content: noise(200_000, 3), uid: 1000, mode: 0o4755 },
  marked: { content: 'x', xattrs: { 'user.one': Buffer.from('two') } },
  zeros: { content: new Uint8Array(300_000) },
});

async function pack(id: string, image: Image): Promise<Packed> {
  return (await createModel(id)).pack(image, inline);
}

/** The layout of a zTOC for flatc, in names of our own: what counts is order and type. */
const SCHEMA = `
table Pair { key:string; value:string; }
table File {
  name:string; type:string; offset:long; size:long; target:string; mode:long; uid:uint32; gid:uint32;
  user:string; group:string; time:string; major:long; minor:long; pax:[Pair];
}
enum Algorithm : byte { Gzip = 1, Uncompressed }
table Compression { algorithm:Algorithm = Gzip; last:int; digests:[string]; checkpoints:[ubyte]; }
table Files { list:[File]; }
table Ztoc {
  version:string; tool:string; stored:long; archive:long; toc:Files; compression:Compression;
}
root_type Ztoc;
`;

interface FlatZtoc {
  readonly version: string;
  readonly stored: number;
  readonly archive: number;
  readonly toc: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly offset: number;
      readonly size?: number;
      readonly mode: number;
      readonly uid?: number;
      readonly time: string;
      readonly pax: readonly { readonly key: string }[];
    }[];
  };
  readonly compression: { readonly last: number; readonly digests: readonly string[] };
}

test('flatc reads a zTOC, and its files lie where it says', async () => {
  if (!has('flatc')) return;
  const packed = await pack(MODEL, imageOfTars(large));
  const [index] = packed.output.layerIndexes!.indexes;
  await inDirectory((directory) => {
    writeFileSync(join(directory, 'ztoc.fbs'), SCHEMA);
    writeFileSync(join(directory, 'layer.ztoc'), readAll(index!.blob.bytes));
    shell('flatc --json --raw-binary --strict-json ztoc.fbs -- layer.ztoc', directory);
    const ztoc = JSON.parse(shell('cat layer.json', directory)) as FlatZtoc;
    assert.is(ztoc.version, '0.9');
    assert.is(ztoc.stored, packed.output.layers[0]!.bytes.length);
    assert.is(ztoc.compression.digests.length, index!.spans.length);
    assert.is(ztoc.compression.last, index!.spans.length - 1);
    const files = new Map(ztoc.toc.list.map((file) => [file.name.replace(/^\.\//, ''), file]));
    const contentOf = (name: string): string => {
      const { offset, size = 0 } = files.get(name)!;
      return createHash('sha256')
        .update(large.subarray(offset, offset + size))
        .digest('hex');
    };
    assert.is(contentOf('data'), sha256(noise(400_000)));
    assert.is(contentOf('long'.repeat(60)), sha256(noise(200_000, 3)));
    assert.is(contentOf('marked'), sha256(Buffer.from('x')));
    assert.is(contentOf('zeros'), sha256(new Uint8Array(300_000)));
    assert.is(files.get('data')!.time, '2017-07-14T02:40:00.25Z');
    assert.is(files.get('link')!.type, 'symlink');
    assert.is(files.get('long'.repeat(60))!.mode, 0o4755);
    assert.is(files.get('long'.repeat(60))!.uid, 1000);
    assert.ok(files.get('long'.repeat(60))!.pax.some(({ key }) => key === 'path'));
    assert.ok(files.get('marked')!.pax.some(({ key }) => key === 'SCHILY.xattr.user.one'));
  });
});

test.run();
