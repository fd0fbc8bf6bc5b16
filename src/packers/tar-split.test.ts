import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { archive, part, pax } from '../testing/evil.ts';
import { noise } from '../testing/noise.ts';
import { TOC_TREE_TAR_SPLIT, tocTree } from '../testing/toc-tree.ts';
import { richTree, sketchTree } from '../testing/trees.ts';
import { contentSource } from '../trees/content.ts';
import { applyLayers } from '../trees/layers.ts';
import { sha256 } from './blobs.ts';
import { crc64, writeTarSplit } from './tar-split.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the CRC-64 is that of Go by its published check values', () => {
  const of = (text: string): string =>
    Buffer.from(crc64(new MemorySource(bytesOf(text)))).toString('hex');
  // hash/crc64, crc64_test.go, ISO.
  assert.is(of(''), '0000000000000000');
  assert.is(of('a'), '3420000000000000');
  assert.is(of('abcdefgh'), '0e21b002d36776c4');
  assert.is(of('abcdefghi'), '8b6e21b002d36776');
});

test('the CRC-64 of any length is that of a bit at a time', () => {
  const ones = 2n ** 64n - 1n;
  const slow = (bytes: Uint8Array): string => {
    let crc = ones;
    for (const byte of bytes) {
      crc ^= BigInt(byte);
      for (let bit = 0; bit < 8; bit++) {
        crc = (crc >> 1n) ^ ((crc & 1n) === 1n ? 0xd800000000000000n : 0n);
      }
    }
    return (crc ^ ones).toString(16).padStart(16, '0');
  };
  for (const length of [0, 1, 2, 3, 4, 5, 7, 8, 1003]) {
    const bytes = noise(length);
    assert.is(Buffer.from(crc64(new MemorySource(bytes))).toString('hex'), slow(bytes));
  }
});

interface Row {
  readonly type: 1 | 2;
  readonly name?: string;
  readonly name_raw?: string;
  readonly size?: number;
  readonly payload: string | null;
  readonly position: number;
}

function rowsOf(tar: ByteSource): readonly Row[] {
  const bytes = writeTarSplit(tar);
  assert.ok(bytes);
  const lines = new TextDecoder().decode(bytes).split('\n');
  assert.is(lines.pop(), '');
  return lines.map((line) => JSON.parse(line) as Row);
}

const tars: Readonly<Record<string, ByteSource>> = {
  'a rich tree': treeToTar(richTree()),
  'padding beyond the end': new MemorySource(
    Buffer.concat([readAll(treeToTar(richTree())), Buffer.alloc(10_240)]),
  ),
  'no entry': new MemorySource(new Uint8Array(1024)),
};

for (const [name, tar] of Object.entries(tars)) {
  test(`rows and contents make the tar again: ${name}`, () => {
    const tree = applyLayers([tar]);
    const contents = new Map(
      tree.entries.map(({ path, inode }) => [path, readAll(contentSource(tree, inode))]),
    );
    const rows = rowsOf(tar);
    const parts = rows.map(({ type, payload, ...row }, index) => {
      assert.is(row.position, index);
      if (type === 2) return Buffer.from(payload!, 'base64');
      const raw =
        row.name_raw === undefined ? Buffer.from(row.name!) : Buffer.from(row.name_raw, 'base64');
      const path = raw.toString('latin1').replace(/^\.\//, '').replace(/\/$/, '');
      const content = contents.get(path)!;
      if (row.size === undefined) {
        assert.is(payload, null);
        return Buffer.alloc(0);
      }
      assert.is(content.length, row.size);
      assert.is(Buffer.from(crc64(new MemorySource(content))).toString('base64'), payload);
      return Buffer.from(content);
    });
    assert.is(Buffer.compare(Buffer.concat(parts), readAll(tar)), 0);
  });
}

test('the data are those of containers/storage, byte for byte', () => {
  assert.is(sha256(writeTarSplit(treeToTar(tocTree))!), TOC_TREE_TAR_SPLIT);
});

test('names that are no UTF-8 stand raw, and those of HTML escaped', () => {
  const tree = sketchTree({ 'a&b': { content: 'x' }, 'caps\xff': {} });
  const text = new TextDecoder().decode(writeTarSplit(treeToTar(tree)));
  assert.match(text, /"name":"a\\u0026b","size":1,"payload":"/);
  assert.match(text, /"name_raw":"Y2Fwc\/8=","payload":null,/);
});

test('a layer with sparse files has none', () => {
  const map = '1\n512\n5\n';
  const records = {
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.realsize': '517',
    'GNU.sparse.name': 'hole',
  };
  const content = `${map.padEnd(512, '\0')}hello`;
  const tar = archive(pax(records), part({ name: 'GNUSparseFile.0/hole', content }));
  assert.is(applyLayers([new MemorySource(tar)]).entries[1]!.inode.size, 517);
  assert.is(writeTarSplit(new MemorySource(tar)), undefined);
});

test.run();
