import type { Tree } from '../trees/tree.ts';
import { sketchTree } from './trees.ts';

const MEBIBYTE = 1 << 20;

/** Chunks that are full and short, owners that come again and change, an empty file, odd times, links, a device, names. */
export const tocTree: Tree = sketchTree({
  'a&b<c>': {
    type: 'directory',
    userName: 'root',
    groupName: 'root',
    mtime: 1_700_000_000_499_999_999n,
  },
  'a&b<c>/empty': { userName: 'root', groupName: 'root', mtime: 500_000_000n },
  'a&b<c>/full': { content: new Uint8Array(4 * MEBIBYTE), mtime: 1_700_000_000_500_000_000n },
  'a&b<c>/long': { content: new Uint8Array(9 * MEBIBYTE), uid: 7, gid: 8, userName: 'seven' },
  'a&b<c>/two': { content: new Uint8Array(8 * MEBIBYTE), userName: 'toor', groupName: 'root' },
  d: {
    content: 'text',
    mode: 0,
    uid: 7,
    userName: 'seven',
    groupName: 'staff',
    mtime: -1n,
  },
  e: { link: 'd' },
  f: { type: 'symlink', target: 'a&b<c>/two', mode: 0o777 },
  g: {
    type: 'character-device',
    major: 1,
    minor: 3,
    xattrs: { 'user.b': Uint8Array.of(0, 255), 'user.a': Uint8Array.of(1) },
  },
});

/** sha256 of the tar-split data that containers/storage 1.65.1 writes of its canonical tar (bench/peers/drivers/zstd-chunked). */
export const TOC_TREE_TAR_SPLIT =
  'b8c922b8e02c51a02585300e5cd6898b97a87106892b97931f2a4e51f92f0a2e';
