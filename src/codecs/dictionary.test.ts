import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../limits.ts';
import { trainDictionary } from '../models/train-dictionary.ts';
import type { Ranges } from '../objects/work.ts';
import { shuffled } from '../stats/random.ts';
import { MemorySource } from '../streams/source.ts';
import { refused } from '../testing/archives.ts';
import { has, inDirectory, shell } from '../testing/shell.ts';
import { createCodec } from './mod.ts';

const SIZE = 16 << 10;

/** Pieces end to end. */
function sampleOf(pieces: readonly Uint8Array[]): [MemorySource, Ranges] {
  const lengths = Float64Array.from(pieces, ({ length }) => length);
  let end = 0;
  const offsets = lengths.map((length) => {
    end += length;
    return end - length;
  });
  return [new MemorySource(new Uint8Array(Buffer.concat(pieces))), { offsets, lengths }];
}

const words = Array.from(
  { length: 200 },
  (_, number) => `option ${(number * 7919) % 4001} of a configuration\n`,
);
const texts = Array.from({ length: 300 }, (_, seed) =>
  new TextEncoder().encode(shuffled(words, seed).slice(0, 40).join('')),
);

test('a dictionary is the same bytes everywhere, at most as long as asked for, and pays', async () => {
  const dictionary = trainDictionary(...sampleOf(texts), SIZE);
  assert.ok(dictionary.length <= SIZE);
  const digest = createHash('sha256').update(dictionary).digest('hex');
  assert.is(digest.slice(0, 16), '6de753c1ed803aa4');
  const id = 'zstd-dictionary:level=3,size=16KiB';
  const [plain, trained] = [await createCodec(id), await createCodec(id, dictionary)];
  const stored = (codec: typeof plain): number =>
    texts.reduce((sum, text) => sum + codec.compress(text).length, 0);
  assert.ok(stored(trained) < 0.8 * stored(plain), `${stored(trained)} of ${stored(plain)}`);
  for (const text of texts.slice(0, 9)) {
    assert.equal(trained.decompress(trained.compress(text), text.length), text);
  }
});

test('a piece needs the dictionary it was made with', async () => {
  const dictionary = trainDictionary(...sampleOf(texts), SIZE);
  const trained = await createCodec('zstd-dictionary', dictionary);
  const stored = trained.compress(texts[0]!);
  const other = await createCodec('zstd-dictionary', dictionary.toReversed());
  for (const codec of [await createCodec('zstd'), other]) {
    assert.not.equal(
      contentOf(() => codec.decompress(stored, texts[0]!.length)),
      texts[0],
    );
  }
});

/** undefined where it is refused. */
function contentOf(read: () => Uint8Array): Uint8Array | undefined {
  try {
    return read();
  } catch (error) {
    assert.is((error as Error).name, 'VerificationError');
    return undefined;
  }
}

test('samples too small to train on give a dictionary all the same', () => {
  for (const pieces of [[], [new Uint8Array(0)], [Uint8Array.of(1, 2, 3)], [new Uint8Array(8)]]) {
    const { length } = trainDictionary(...sampleOf(pieces), SIZE);
    assert.ok(length <= 8, `${length}`);
  }
  const zeros = trainDictionary(...sampleOf([new Uint8Array(1 << 20)]), SIZE);
  assert.ok(zeros.length > 0 && zeros.length <= SIZE);
});

test('content that looks like a dictionary of zstd is taken as content', async () => {
  const magic = Uint8Array.of(0x37, 0xa4, 0x30, 0xec, 1, 2, 3, 4);
  const dictionary = trainDictionary(...sampleOf([Buffer.concat([magic, texts[0]!])]), SIZE);
  const codec = await createCodec('zstd-dictionary', dictionary);
  const stored = codec.compress(texts[0]!);
  assert.ok(stored.length < 99, `${stored.length} bytes of ${texts[0]!.length}`);
  assert.equal(codec.decompress(stored, texts[0]!.length), texts[0]);
});

test('the size of a dictionary has bounds', async () => {
  for (const size of [1 << 10, limits.dictionaryBytes - 1, limits.dictionaryBytes]) {
    await createCodec(`zstd-dictionary:size=${size}`);
  }
  for (const size of [1023, limits.dictionaryBytes + 1]) {
    await refused(createCodec(`zstd-dictionary:size=${size}`), new RegExp(`${size}`));
  }
});

/** Programs of this machine in pieces of 16 KiB, the real thing. */
function programs(): readonly Uint8Array[] {
  const paths = readdirSync('/usr/bin')
    .map((name) => join('/usr/bin', name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .slice(0, 120);
  return paths.flatMap((path) => {
    const bytes = new Uint8Array(readFileSync(path).subarray(0, 256 << 10));
    return Array.from({ length: Math.ceil(bytes.length / SIZE) }, (_, piece) =>
      bytes.slice(piece * SIZE, (piece + 1) * SIZE),
    );
  });
}

test('a dictionary wins nearly what one of zstd --train wins, and zstd reads with it', async () => {
  if (!has('zstd')) return;
  await inDirectory(async (directory) => {
    const size = 112 << 10;
    const pieces = programs();
    for (const [index, piece] of pieces.entries()) {
      writeFileSync(join(directory, `piece-${index}`), piece);
    }
    shell(`zstd -q --train piece-* --maxdict=${size} -o theirs`, directory);
    const ours = trainDictionary(...sampleOf(pieces), size);
    const theirs = new Uint8Array(readFileSync(join(directory, 'theirs')));
    const plain = await createCodec('zstd');
    const bytesBy = async (dictionary: Uint8Array): Promise<number> => {
      const codec = await createCodec('zstd-dictionary', dictionary);
      return pieces.reduce((sum, piece) => sum + codec.compress(piece).length, 0);
    };
    const all = pieces.reduce((sum, piece) => sum + plain.compress(piece).length, 0);
    const [won, theyWin] = [all - (await bytesBy(ours)), all - (await bytesBy(theirs))];
    assert.ok(won > 0.85 * theyWin, `of ${all} bytes we save ${won}, zstd ${theyWin}`);

    writeFileSync(join(directory, 'ours'), ours);
    const codec = await createCodec('zstd-dictionary', ours);
    const input = codec.compress(pieces[0]!);
    const command = ['-dc', '-D', join(directory, 'ours')];
    assert.equal(new Uint8Array(spawnSync('zstd', command, { input }).stdout), pieces[0]);
  });
});

test.run();
