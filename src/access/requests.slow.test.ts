import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCodec } from '../codecs/mod.ts';
import { writeArtefact } from '../models/artefact.ts';
import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { sha256 } from '../packers/blobs.ts';
import { takeInventory } from '../packers/inventory.ts';
import type { Manifest } from '../packers/packer.ts';
import { memoryStore } from '../packers/store.ts';
import { readIndex } from '../serialisers/caidx.ts';
import { CATAR, NAME_KEY } from '../serialisers/catar-format.ts';
import { readRoot } from '../serialisers/root.ts';
import { sipHash } from '../serialisers/siphash.ts';
import { imageIn } from '../testing/images.ts';
import { LoopbackServer } from '../testing/loopback-server.ts';
import { lackOfServers, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { inDirectory } from '../testing/shell.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { type AccessCost, AccessMap } from './mod.ts';

/** Clients written here read packed stores over HTTP; what the server counts must be what the map says. */

const tree = sketchTree({
  ...Object.fromEntries(
    Array.from({ length: 60 }, (_, number): [string, Sketch] => [
      `f${number}`,
      { content: noise(200 + 37 * number, number) },
    ]),
  ),
  usr: { type: 'directory' },
  'usr/lib': { type: 'directory' },
  ...Object.fromEntries(
    Array.from({ length: 30 }, (_, number): [string, Sketch] => [
      `usr/lib/l${number}`,
      { content: noise(3000 + 101 * number, 100 + number) },
    ]),
  ),
  'usr/share': { type: 'directory' },
  'usr/share/text': { content: noise(20_000, 999) },
});

class FileServer extends LoopbackServer {
  readonly #directory: string;
  bytes = 0;

  constructor(directory: string) {
    super();
    this.#directory = directory;
  }

  protected answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    this.requests.push(url);
    const path = join(this.#directory, url);
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const whole = readFileSync(path);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const body = from === undefined ? whole : whole.subarray(Number(from), Number(to) + 1);
    this.bytes += body.length;
    response.writeHead(from === undefined ? 200 : 206).end(body);
  }
}

interface Client {
  readonly manifest: Manifest;
  blob(digest: string): Promise<Uint8Array>;
  /** @param end where it ends, exclusive */
  range(digest: string, offset: number, end: number): Promise<Uint8Array>;
  object(name: string): Promise<Uint8Array>;
}

/** Packs, serves and lets a client read; the counts of the server must be the map's. */
async function compare(
  chain: string,
  expected: (map: AccessMap) => AccessCost,
  read: (client: Client) => Promise<void>,
): Promise<void> {
  await inDirectory(async (folder) => {
    const image = imageIn(folder, 'i0', tree);
    const model = await createModel(chain);
    const packed = await model.pack(image, inline);
    const layout = join(folder, 'layout');
    await writeArtefact(packed, layout, inline);
    const inventory = takeInventory('i0', model.id, packed);
    const store = async () => memoryStore(packed);
    const map = await AccessMap.of(model, image, inventory, store);
    const server = await new FileServer(layout).start();
    try {
      const get = async (path: string, range?: string): Promise<Uint8Array> => {
        const headers = range === undefined ? {} : { range: `bytes=${range}` };
        const response = await fetch(`http://${server.host}/${path}`, { headers });
        assert.ok(response.ok, path);
        return new Uint8Array(await response.arrayBuffer());
      };
      const place = (digest: string): string => `blobs/sha256/${digest.slice('sha256:'.length)}`;
      const bytes = await get(place(`sha256:${inventory.digest}`));
      await read({
        manifest: JSON.parse(new TextDecoder().decode(bytes)) as Manifest,
        blob: (digest) => get(place(digest)),
        range: (digest, offset, end) => get(place(digest), `${offset}-${end - 1}`),
        object: (name) => get(`objects/${name.slice(0, 4)}/${name}.cacnk`),
      });
      const { bytes: told, requests } = expected(map);
      assert.equal([server.bytes, server.requests.length], [told, requests]);
    } finally {
      await server.stop();
    }
  });
}

const contentOf = new Map(
  tree.entries.map(({ path, inode }) => [path, { path, size: inode.size }] as const),
);
const served = unless(test, lackOfServers());

served('13 per-file over HTTP: manifest, root, and the objects that the root names', async () => {
  const wanted = ['f7', 'usr/lib/l3', 'usr/share/text'];
  await compare(
    'files|whole|zstd:level=3|objects|get',
    (map) => map.read(wanted.map((path) => ({ path }))),
    async ({ manifest, blob, object }) => {
      const codec = await createCodec('zstd:level=3');
      const [descriptor] = manifest.layers;
      const length = Number(descriptor!.annotations!['org.ocibench.length']);
      const root = readRoot(codec.decompress(await blob(descriptor!.digest), length));
      const files = root.entries.filter(({ inode }) => inode.type === 'file');
      for (const path of wanted) {
        const { chunks } = root.references[files.findIndex((entry) => entry.path === path)]!;
        const [{ digest, length: size }] = chunks as [(typeof chunks)[number]];
        const name = Buffer.from(digest).toString('hex');
        const content = codec.decompress(await object(name), size);
        assert.is(sha256(content), name);
        assert.is(content.length, contentOf.get(path)!.size);
      }
    },
  );
});

served('13 zstd:chunked over HTTP: a table of contents at the tail, then ranges', async () => {
  const wanted = ['f50', 'usr/lib/l20', 'usr/share/text'];
  await compare(
    'layer-files|rollsum|zstd:level=3|zstd-chunked|range',
    (map) => map.read(wanted.map((path) => ({ path }))),
    async ({ manifest, range }) => {
      const codec = await createCodec('zstd:level=3');
      const { digest, size, annotations } = manifest.layers[0]!;
      const position = annotations!['io.containers.zstd-chunked.manifest-position']!;
      const [offset, length, plain] = position.split(':').map(Number) as [number, number, number];
      // With the header of the skippable frame before it, and the footer behind.
      const tail = await range(digest, offset - 8, size);
      const table = tail.subarray(8, 8 + length);
      const checksum = annotations!['io.containers.zstd-chunked.manifest-checksum'];
      assert.is(`sha256:${sha256(table)}`, checksum);
      const text = new TextDecoder().decode(codec.decompress(table, plain));
      type Row = { readonly name: string; readonly offset: number; readonly endOffset: number };
      const { entries } = JSON.parse(text) as { readonly entries: readonly Row[] };
      const rows = wanted.map((path) => entries.find(({ name }) => name === path)!);
      const files = rows.map((row) => [row.offset, row.endOffset] as [number, number]);
      const merged: [number, number][] = [];
      // As containers/storage: ranges up to 1 KiB apart are one.
      for (const [from, to] of files.sort(([a], [b]) => a - b)) {
        const last = merged.at(-1);
        if (last && from - last[1] <= 1024) last[1] = to;
        else merged.push([from, to]);
      }
      for (const [from, to] of merged) await range(digest, from, to);
    },
  );
});

served('13 casync over HTTP: tables at the ends of directories lead to a file', async () => {
  const path = 'usr/lib/l17';
  await compare(
    'catar|fastcdc:avg=1KiB|zstd:level=3|objects|get',
    (map) => map.read([{ path }]),
    async ({ manifest, blob, object }) => {
      const codec = await createCodec('zstd:level=3');
      const index = readIndex(await blob(manifest.layers[0]!.digest));
      const chunks = new Map<number, Promise<Uint8Array>>();
      const read = async (from: number, to: number): Promise<DataView> => {
        const bytes = new Uint8Array(to - from);
        let start = 0;
        for (const [number, { digest, length }] of index.chunks.entries()) {
          const end = start + length;
          if (start < to && from < end) {
            const name = Buffer.from(digest).toString('hex');
            if (!chunks.has(number)) {
              chunks.set(
                number,
                object(name).then((stored) => codec.decompress(stored, length)),
              );
            }
            const content = await chunks.get(number)!;
            const [low, high] = [Math.max(from, start), Math.min(to, end)];
            bytes.set(content.subarray(low - start, high - start), low - from);
          }
          start = end;
        }
        return new DataView(bytes.buffer);
      };
      const number = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));
      let [start, end] = [0, index.length];
      for (const name of path.split('/')) {
        // What the directory is itself: a name unless it is the root, then its entry.
        const first = start === 0 ? 0 : number(await read(start, start + 8), 0);
        await read(start, start + first + 64);
        const tail = await read(end - 24, end);
        assert.is(tail.getBigUint64(16, true), CATAR.goodbyeTail);
        const size = number(tail, 8);
        const table = await read(end - size, end);
        let found: [number, number] | undefined;
        for (let at = 16; at < size - 24; at += 24) {
          if (table.getBigUint64(at + 16, true) !== sipHash(NAME_KEY, name)) continue;
          const from = end - size - number(table, at);
          found = [from, from + number(table, at + 8)];
        }
        [start, end] = found!;
      }
      const item = await read(start, end);
      const content = new Uint8Array(item.buffer).subarray(-contentOf.get(path)!.size);
      assert.equal(Buffer.from(content), Buffer.from(noise(content.length, 117)));
    },
  );
});

test.run();
