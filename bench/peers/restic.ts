import { join } from 'node:path';
import { objectNames, packOurs, storedBytes } from './ours.ts';
import type { Comparison, Input, Peer, Place } from './peer.ts';
import { binary, buildGoProgram, installed, run } from './tools.ts';

const VERSION = '0.19.1';
/** Initialisation vector and code of each blob. */
const ENCRYPTION = 32;

interface Index {
  readonly packs: readonly {
    readonly blobs: readonly {
      readonly id: string;
      readonly type: string;
      readonly length: number;
    }[];
  }[];
}

const common = { title: 'restic', follows: ['restic'] };

export const restic: Peer = {
  ...common,
  name: 'restic',
  version: () => VERSION,

  build(place) {
    buildGoProgram(
      place,
      `github.com/restic/restic@v${VERSION}`,
      './cmd/restic',
      'h1:LQKkar5/gYxay1OCokAWPBNiLr1lTpt4fhdM4GWqSlY=',
    );
  },

  compare: (place, input) => compareBy(binary(place, 'restic'), place, input),
};

/** The one that the distribution has. */
export const resticInstalled: Peer = {
  ...common,
  name: 'restic-installed',
  version: () => installed(['restic', 'version'], /restic (\S+)/),
  build() {},
  compare: (place, input) => compareBy('restic', place, input),
};

async function compareBy(
  program: string,
  { work }: Place,
  { tree, image }: Input,
): Promise<readonly Comparison[]> {
  const rows: Comparison[] = [];
  for (const [compression, codec] of [
    ['off', 'none'],
    ['auto', 'zstd:level=3'],
  ]) {
    const repository = join(work, `repository-${compression}`);
    const env = { RESTIC_PASSWORD: 'x', RESTIC_REPOSITORY: repository };
    const call = (...words: readonly string[]): Buffer =>
      run(program, ['--no-cache', ...words], { env, cwd: tree });
    call('init');
    call('backup', '--compression', compression!, '.');
    const { chunker_polynomial: polynomial } = JSON.parse(call('cat', 'config').toString()) as {
      chunker_polynomial: string;
    };
    const names = call('list', 'index').toString().split('\n').filter(Boolean);
    const indexes = names.map((name) => JSON.parse(call('cat', 'index', name).toString()) as Index);
    const blobs = indexes
      .flatMap(({ packs }) => packs.flatMap((pack) => pack.blobs))
      .filter(({ type }) => type === 'data');
    const id = `files|rabin:poly=0x${polynomial}|${codec}|packs:size=16MiB|range`;
    const ours = await packOurs(image, id, join(work, compression!));
    const own = new Set(objectNames(ours));
    const hasSameNames = blobs.length === own.size && blobs.every((blob) => own.has(blob.id));
    const parameters = `--compression ${compression}, the polynomial it drew`;
    const bytes = blobs.reduce((total, { length }) => total + length - ENCRYPTION, 0);
    rows.push(
      {
        parameters,
        what: 'distinct blobs of contents',
        theirs: blobs.length,
        ours: own.size,
        isSame: hasSameNames,
        why: hasSameNames ? 'the same names, so the same cuts' : 'other names',
      },
      {
        parameters,
        what: 'bytes of blobs, less 32 of encryption each',
        theirs: bytes,
        ours: storedBytes(ours),
        isSame: hasSameNames && compression === 'off' && bytes === storedBytes(ours),
        why: compression === 'off' ? 'contents as they are' : 'its encoder is klauspost/compress',
      },
    );
  }
  return rows;
}
