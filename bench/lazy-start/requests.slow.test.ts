import type { IncomingMessage, ServerResponse } from 'node:http';
import { request } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AccessMap } from '../../src/access/mod.ts';
import { createCodec } from '../../src/codecs/mod.ts';
import { createModel } from '../../src/models/mod.ts';
import { inline } from '../../src/objects/executor.ts';
import { takeInventory } from '../../src/packers/inventory.ts';
import type { Manifest, Packed } from '../../src/packers/packer.ts';
import { memoryStore } from '../../src/packers/store.ts';
import { readAll } from '../../src/streams/source.ts';
import { imageIn } from '../../src/testing/images.ts';
import { LoopbackServer } from '../../src/testing/loopback-server.ts';
import { lackOfServers, unless } from '../../src/testing/needs.ts';
import { noise } from '../../src/testing/noise.ts';
import { inDirectory } from '../../src/testing/shell.ts';
import { sketchTree } from '../../src/testing/trees.ts';
import { wantedOf } from './measure.ts';
import type { StartAccess } from './starts.ts';

/** A client of zstd:chunked, written from containers/storage, pkg/chunked, that replays a start over HTTP. */

const CHUNK = 4096;
/** Ranges as far apart as this, or nearer, are one request: containers/storage, as METHODS.md has it. */
const GAP = 1024;

const tree = sketchTree({
  lib: { type: 'directory' },
  'lib/c': { content: noise(50_000, 1) },
  'lib/m': { content: noise(20_000, 2) },
  'lib/x': { content: noise(9000, 3) },
  conf: { content: noise(300, 4) },
  run: { content: noise(30_000, 5) },
});

const accesses: readonly StartAccess[] = [
  {
    path: '/run',
    ranges: [
      [0, 64],
      [8192, 4096],
    ],
  },
  { path: '/lib', ranges: [] },
  // The last byte of one chunk and the first of the next.
  { path: '/lib/c', ranges: [[20_479, 2]], mapped: true },
  { path: '/lib/m', ranges: [[0, 20_000]] },
  { path: '/lib/x', ranges: [] },
  { path: '/conf', ranges: [[0, 300]] },
];

class BlobServer extends LoopbackServer {
  readonly #packed: Packed;
  bytes = 0;

  constructor(packed: Packed) {
    super();
    this.#packed = packed;
  }

  protected answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    this.requests.push(url);
    const whole =
      url === '/manifest'
        ? this.#packed.manifest
        : readAll(memoryStore(this.#packed).blob(url.slice(1)));
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const body = from === undefined ? whole : whole.subarray(Number(from), Number(to) + 1);
    this.bytes += body.length;
    response.writeHead(from === undefined ? 200 : 206).end(body);
  }
}

function get(
  host: string,
  path: string,
  range?: readonly [from: number, end: number],
): Promise<Buffer> {
  const headers = range ? { range: `bytes=${range[0]}-${range[1] - 1}` } : {};
  return new Promise((resolve, reject) => {
    request(`http://${host}/${path}`, { headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve(Buffer.concat(pieces)));
    })
      .on('error', reject)
      .end();
  });
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly offset?: number;
  readonly endOffset?: number;
  readonly chunkOffset?: number;
}

/** Replays the start: returns the number of requests for contents. */
async function replay(host: string): Promise<number> {
  const manifest = JSON.parse((await get(host, 'manifest')).toString()) as Manifest;
  const { digest, size, annotations } = manifest.layers[0]!;
  await get(host, manifest.config.digest);
  const place = annotations!['io.containers.zstd-chunked.manifest-position']!;
  const [offset, length, plainLength] = place.split(':').map(Number) as [number, number, number];
  // From the header of the skippable frame on, with the footer behind.
  const tail = await get(host, digest, [offset - 8, size]);
  const codec = await createCodec('zstd:level=3');
  const table = codec.decompress(tail.subarray(8, 8 + length), plainLength);
  const { entries } = JSON.parse(Buffer.from(table).toString()) as {
    readonly entries: readonly Row[];
  };
  const wanted = new Map<number, number>();
  for (const { path, ranges } of accesses) {
    const chunks = entries.filter(({ name, offset: own }) => `/${name}` === path && own);
    for (const [number, { offset: from, chunkOffset = 0 }] of chunks.entries()) {
      const isWanted = ranges.some(
        ([first, count]) => first < chunkOffset + CHUNK && chunkOffset < first + count,
      );
      // The row of a file says where its last chunk ends.
      if (isWanted) wanted.set(from!, chunks[number + 1]?.offset ?? chunks[0]!.endOffset!);
    }
  }
  const merged: [number, number][] = [];
  for (const [from, end] of [...wanted].toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && from - last[1] <= GAP) last[1] = end;
    else merged.push([from, end]);
  }
  for (const range of merged) await get(host, digest, range);
  return merged.length;
}

unless(test, lackOfServers())(
  '13 a start by zstd:chunked over HTTP takes the bytes and requests that are told',
  async () => {
    await inDirectory(async (folder) => {
      const image = imageIn(folder, 'i0', tree);
      const model = await createModel(
        'layer-files|fixed:size=4KiB|zstd:level=3|zstd-chunked|range',
      );
      const packed = await model.pack(image, inline);
      const inventory = takeInventory('i0', model.id, packed);
      const map = await AccessMap.of(model, image, inventory, async () => memoryStore(packed));
      const told = map.read(wantedOf({ accesses }), { configuration: true });
      const server = await new BlobServer(packed).start();
      try {
        const ranges = await replay(server.host);
        assert.equal([server.bytes, server.requests.length], [told.bytes, told.requests]);
        assert.is(told.requests, 3 + ranges);
        assert.ok(ranges > 1 && told.bytes < 60_000, `${ranges} ${told.bytes}`);
      } finally {
        await server.stop();
      }
    });
  },
);

test.run();
