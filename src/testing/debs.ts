import { createHash } from 'node:crypto';
import type { Pin } from '../datasets/debian/lock.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { offlineContext } from './offline.ts';
import { type Sketch, sketchTree } from './trees.ts';

/** Debian packages and mirrors for tests, made by code. */

/** A package as deb(5) has it, members uncompressed; of one file of its name unless others are given. */
export function packageOf(
  name: string,
  files: Readonly<Record<string, Sketch>> = { [name]: { content: name } },
): Uint8Array {
  const tar = (sketches: Readonly<Record<string, Sketch>>): Uint8Array =>
    readAll(treeToTar(sketchTree(sketches)));
  const member = (title: string, bytes: Uint8Array): Uint8Array => {
    const facts = `${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`;
    const header = `${title.padEnd(16)}${facts}${String(bytes.length).padEnd(10)}\`\n`;
    return Buffer.concat([Buffer.from(header), bytes, Buffer.alloc(bytes.length % 2)]);
  };
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    member('control.tar', tar({ control: { content: `Package: ${name}\n` } })),
    member('data.tar', tar(files)),
  ]);
}

/** Path in the archive → package. */
export type Archive = ReadonlyMap<string, Uint8Array>;

export function pinOf(archive: Archive, name: string): Pin {
  const path = `pool/${name}.deb`;
  const bytes = archive.get(path)!;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name, version: '1', suite: 'bookworm', path, size: bytes.length, sha256 };
}

/** A mirror that has all packages but some. */
export function mirrorOf(
  archive: Archive,
  directory: string,
  ...gone: readonly string[]
): FetchContext {
  const answer = async (url: unknown): Promise<Response> => {
    const bytes = archive.get(String(url).replace('http://mirror.example/debian/', ''));
    const isGone = bytes === undefined || gone.some((name) => String(url).endsWith(`/${name}.deb`));
    return isGone ? new Response('', { status: 404 }) : new Response(Uint8Array.from(bytes));
  };
  const mirror = 'http://mirror.example/debian';
  return { ...offlineContext(directory), fetch: answer as typeof fetch, mirror };
}
