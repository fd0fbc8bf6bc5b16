import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { MemorySource, readAll } from '../../src/streams/source.ts';
import { contentDigest, contentSource } from '../../src/trees/content.ts';
import { applyLayers } from '../../src/trees/layers.ts';
import type { Tree } from '../../src/trees/tree.ts';
import { type Ours, packOurs } from './ours.ts';
import type { Comparison, Input, Peer, Place } from './peer.ts';
import { differingFields, type Row } from './rows.ts';
import { binary, buildGo, pinned, run } from './tools.ts';
import { compareTrees } from './trees.ts';

const DRIVER = 'estargz';
const TOC_DIGEST = 'containerd.io/snapshot/stargz/toc.digest';
const TOC_NAME = 'stargz.index.json';
const FOOTER = 51;

interface Blob {
  readonly bytes: Buffer;
  readonly rows: readonly Row[];
  /** The table without its offsets, which follow from the compressor. */
  readonly text: string;
  /** Where the table begins. */
  readonly end: number;
  readonly tocBytes: number;
}

export const estargz: Peer = {
  name: 'estargz',
  title: 'estargz (Go library)',
  follows: ['estargz'],
  version: () => pinned(DRIVER, 'github.com/containerd/stargz-snapshotter/estargz'),

  build: (place) => buildGo(place, DRIVER),

  async compare(place, { image }) {
    const ours = await packOurs(image, 'estargz', join(place.work, 'ours'));
    const [layer] = image.layers;
    if (!layer || image.layers.length > 1) throw new Error('an image of one layer is compared');
    const written = (what: string): Buffer => {
      const path = join(place.work, what);
      run(binary(place, DRIVER), [what, layer.tar.path, path]);
      return readFileSync(path);
    };
    const lossless = written('lossless');
    const own = ours.blob(ours.manifest.layers[0]!.digest);
    return [
      ...compareBlobs('lossless, level 9, chunks of 4 MiB', readBlob(lossless), readBlob(own)),
      ...compareBlobs('defaults of Build', readBlob(written('build')), readBlob(own)),
      readByTheirs(place, ours, image.tree),
      readByOurs(lossless, image),
    ];
  },
};

function readBlob(bytes: Buffer): Blob {
  const end = Number.parseInt(
    bytes.toString('latin1', bytes.length - FOOTER + 16, bytes.length - FOOTER + 32),
    16,
  );
  const tree = applyLayers([new MemorySource(gunzipSync(bytes.subarray(end)))]);
  const toc = tree.entries.find(({ path }) => path === TOC_NAME);
  if (!toc) throw new Error('the blob has no table of contents');
  const text = Buffer.from(readAll(contentSource(tree, toc.inode))).toString();
  const { entries } = JSON.parse(text) as { entries: readonly Row[] };
  return {
    bytes,
    rows: entries,
    text: text.replace(/\n\t+"offset": \d+,/g, ''),
    end,
    tocBytes: bytes.length - end - FOOTER,
  };
}

function compareBlobs(parameters: string, theirs: Blob, ours: Blob): readonly Comparison[] {
  const fields = differingFields(theirs.rows, ours.rows, ['name', 'chunkOffset']);
  const isSame = theirs.text === ours.text;
  return [
    {
      parameters,
      what: 'rows of the table of contents',
      theirs: theirs.rows.length,
      ours: ours.rows.length,
      isSame,
      why: isSame
        ? 'the JSON is equal byte for byte but for the offsets'
        : `other fields: ${fields.join(', ')}`,
    },
    {
      parameters,
      what: 'bytes of members with the layer',
      theirs: theirs.end,
      ours: ours.end,
      isSame:
        theirs.end === ours.end &&
        theirs.bytes.subarray(0, theirs.end).equals(ours.bytes.subarray(0, ours.end)),
      why: `${members(theirs)} members by Go's compress/flate beside ${members(ours)} by zlib's deflate, both at level 9`,
    },
    {
      parameters,
      what: 'bytes of the table, compressed',
      theirs: theirs.tocBytes,
      ours: ours.tocBytes,
      isSame: false,
      why: 'offsets and compressor; footers are 51 bytes in both',
    },
  ];
}

/** Members that rows point to. */
function members({ rows }: Blob): number {
  return new Set(rows.map(({ offset }) => offset).filter((offset) => offset !== undefined)).size;
}

function readByTheirs(place: Place, ours: Ours, tree: Tree): Comparison {
  const descriptor = ours.manifest.layers[0]!;
  const path = join(ours.directory, 'blobs/sha256', descriptor.digest.slice('sha256:'.length));
  const words = ['read', path, descriptor.annotations?.[TOC_DIGEST] ?? ''];
  const lines = run(binary(place, DRIVER), words).toString('utf8').split('\n').filter(Boolean);
  const rows = lines.map(
    (line) => JSON.parse(line) as { name: string; type: string; sha256?: string },
  );
  const found = new Map(
    rows.filter(({ type }) => type === 'reg').map((row) => [row.name, row.sha256]),
  );
  const files = tree.entries.filter(({ inode }) => inode.type === 'file');
  const equal = files.filter(({ path: name, inode }) => {
    const key = Buffer.from(name, 'latin1').toString('utf8');
    return found.get(key) === contentDigest(tree, inode);
  });
  return {
    parameters: 'its reader and verifier on our blob',
    what: 'files with the content they had',
    theirs: equal.length,
    ours: files.length,
    isSame: equal.length === files.length,
    why: 'VerifyTOC and the digest of every chunk hold',
  };
}

function readByOurs(blob: Buffer, image: Input['image']): Comparison {
  const tar = gunzipSync(blob);
  const back = applyLayers([new MemorySource(tar)]);
  const digest = createHash('sha256')
    .update(tar.subarray(0, image.layers[0]!.tar.length))
    .digest('hex');
  const row = compareTrees('ours on its lossless blob', image.tree, back);
  const isTar = image.layers[0]!.diffId === `sha256:${digest}`;
  return { ...row, isSame: row.isSame && isTar, why: isTar ? row.why : 'the tar is another one' };
}
