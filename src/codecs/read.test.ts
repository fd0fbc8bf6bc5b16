import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../errors.ts';
import { archive, part } from '../testing/evil.ts';
import { has } from '../testing/needs.ts';
import { createCodec } from './mod.ts';
import { type Compression, decompressStream, detectCompression } from './read.ts';

const content = new TextEncoder().encode('the quick brown fox '.repeat(20_000));

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size)
    yield bytes.slice(offset, offset + size);
}

async function read(bytes: Uint8Array, compression: Compression, size = 777): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of decompressStream(pieces(bytes, size), compression))
    parts.push(part.slice());
  return new Uint8Array(Buffer.concat(parts));
}

async function refuses(bytes: Uint8Array, compression: Compression, what: string): Promise<void> {
  const error = await read(bytes, compression).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  assert.instance(error, InputError, what);
  if (what.startsWith('compressed by')) assert.match(String(error), what);
}

const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const skippable = (length: number): Uint8Array =>
  join(Uint8Array.of(0x5e, 0x2a, 0x4d, 0x18, length, 0, 0, 0), new Uint8Array(length).fill(7));
const zstd = async (bytes: Uint8Array): Promise<Uint8Array> =>
  (await createCodec('zstd')).compress(bytes);

test('39 gzip that is cut or damaged is refused', async () => {
  const whole = gzipSync(content);
  await refuses(whole.subarray(0, -9), 'gzip', 'cut');
  const wrong = whole.slice();
  wrong[wrong.length - 6]! ^= 1;
  await refuses(wrong, 'gzip', 'checksum');
  const size = whole.slice();
  size[size.length - 1]! ^= 1;
  await refuses(size, 'gzip', 'length');
});

test('40 every gzip member is read, an empty one and zero padding too', async () => {
  const members = join(gzipSync(content), gzipSync(new Uint8Array(0)), gzipSync(content));
  assert.equal(await read(members, 'gzip'), join(content, content));
  assert.equal(await read(join(members, new Uint8Array(512)), 'gzip'), join(content, content));
});

test('41 garbage after the end is refused', async () => {
  await refuses(join(gzipSync(content), Uint8Array.of(1, 2, 3, 4)), 'gzip', 'gzip');
  await refuses(join(await zstd(content), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), 'zstd', 'zstd');
});

test('43 every zstd frame is read, with skippable ones before, between and after', async () => {
  const frame = await zstd(content);
  assert.equal(
    await read(join(skippable(9), frame, skippable(0), frame, skippable(3)), 'zstd'),
    join(content, content),
  );
  await refuses(frame.subarray(0, -3), 'zstd', 'cut');
  await refuses(join(frame, skippable(9).subarray(0, 10)), 'zstd', 'cut in a skippable frame');
  const damaged = frame.slice();
  damaged[4] = 0xff;
  await refuses(damaged, 'zstd', 'damaged header');
});

test('43 what the zstd program writes is read: checksums, unknown size, long windows', async () => {
  if (!has('zstd')) return;
  const large = join(...Array.from({ length: 20 }, () => content));
  for (const options of [
    ['-3'],
    ['-19', '--long=27'],
    ['-1', '--no-check'],
    ['-3', '--no-content-size'],
  ]) {
    // From a pipe the size of the content is not known.
    const { stdout } = spawnSync('zstd', [...options, '-c'], { input: large, maxBuffer: 1 << 28 });
    assert.equal(await read(new Uint8Array(stdout), 'zstd', 1 << 16), large, options.join(' '));
  }
  const { stdout } = spawnSync('zstd', ['-c'], { input: large, maxBuffer: 1 << 28 });
  const wrong = new Uint8Array(stdout);
  wrong[wrong.length - 1]! ^= 1;
  await refuses(wrong, 'zstd', 'checksum');
});

test('xz is read, and refused when cut', async () => {
  if (!has('xz')) return;
  const { stdout } = spawnSync('xz', ['-c'], { input: content, maxBuffer: 1 << 28 });
  const whole = new Uint8Array(stdout);
  assert.equal(await read(whole, 'xz', 100), content);
  await refuses(whole.subarray(0, -5), 'xz', 'cut');
  await refuses(join(whole, Uint8Array.of(1, 2, 3, 4)), 'xz', 'garbage');
});

test('44 the kind is told by content', async () => {
  assert.is(detectCompression(gzipSync(content)), 'gzip');
  assert.is(detectCompression(await zstd(content)), 'zstd');
  assert.is(detectCompression(skippable(4)), 'zstd');
  assert.is(detectCompression(new TextEncoder().encode('BZh91AY')), 'bzip2');
  assert.is(detectCompression(content), 'none');
  assert.is(detectCompression(new Uint8Array(0)), 'none');
  await refuses(content, 'bzip2', 'bzip2');
  await refuses(content, 'gzip', 'plain as gzip');
});

for (const [name, program, ...options] of [
  ['bzip2', 'bzip2', '-c'],
  ['compress', 'compress', '-c'],
  ['lz4', 'lz4', '-c'],
  ['lz4', 'lz4', '-l', '-c'],
  ['lzip', 'lzip', '-c'],
  ['lzma', 'xz', '--format=lzma', '-c'],
  ['lzma', 'xz', '--format=lzma', '-0', '-c'],
  ['lzop', 'lzop', '-c'],
] as const) {
  test(`44 what ${program} ${options.join(' ')} writes is not read, and named ${name}`, async () => {
    if (!has(program)) return;
    const { stdout } = spawnSync(program, options, { input: content, maxBuffer: 1 << 28 });
    const bytes = new Uint8Array(stdout);
    assert.is(detectCompression(bytes), name);
    await refuses(bytes, name, `compressed by ${name}, which is not read`);
  });
}

test('44 the name of a tar’s first entry makes no compressed file of it', () => {
  for (const name of [
    'BZh91AY&SY',
    'LZIP-1.0/',
    'PK\x03\x04',
    '\x1f\x8b\x08',
    ']\0\0\x80\0',
    '\x1f\x9d',
  ]) {
    const tar = archive(part({ name, content: 'x' }));
    assert.is(detectCompression(tar), 'none', name);
    assert.is(detectCompression(tar.subarray(0, 512)), 'none', name);
  }
  assert.is(detectCompression(Uint8Array.from(Buffer.from(']\0\0\0\0\0\0\0\0\0\0\0\0'))), 'none');
});

test('41 garbage after gzip is called that, whatever it begins with', async () => {
  const whole = gzipSync(content);
  for (const garbage of ['garbage', 'GET / HTTP/1.1', '\0\0x']) {
    const bytes = join(whole, new TextEncoder().encode(garbage));
    const error = await read(bytes, 'gzip').catch((caught: unknown) => caught);
    assert.match(String(error), /follow the gzip data.*cut off what follows/);
  }
});

test('39 a gzip header may hold a long name and comment, but no reserved flags', async () => {
  const plain = gzipSync(content);
  const text = join(new Uint8Array(65_536).fill(0x61), Uint8Array.of(0));
  const long = join(plain.subarray(0, 10), text, text, plain.subarray(10));
  long[3] = 0x18;
  assert.equal(await read(long, 'gzip'), content);
  const reserved = plain.slice();
  reserved[3] = 0xe0;
  await refuses(reserved, 'gzip', 'reserved flags');
});

test('41 what follows zero padding is not lost without a word', async () => {
  const whole = gzipSync(content);
  const padding = new Uint8Array(500);
  for (const size of [1, 777, 1 << 20]) {
    for (const rest of [Uint8Array.of(1), whole]) {
      const error = await read(join(whole, padding, rest), 'gzip', size).catch((caught) => caught);
      assert.instance(error, InputError, `in pieces of ${size}`);
    }
  }
});

test('a stream that is left early holds up no other', async () => {
  if (!has('xz', 'zstd')) return;
  for (const kind of ['gzip', 'xz', 'zstd'] as const) {
    const { stdout } = spawnSync(kind, ['-c'], { input: content, maxBuffer: 1 << 28 });
    async function* parts(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < stdout.length; at += 4096) yield stdout.subarray(at, at + 4096);
    }
    for await (const _ of decompressStream(parts(), kind)) break;
    const next = read(new Uint8Array(stdout), kind).then((bytes) => bytes.length);
    const late = new Promise((resolve) => setTimeout(resolve, 20_000, 'never').unref());
    assert.is(await Promise.race([next, late]), content.length, kind);
  }
});

test('42 a frame that claims more than its blocks can hold is refused before memory is taken', async () => {
  const frame = join(
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xe0),
    new Uint8Array(8).fill(0x7f),
    Uint8Array.of(1, 0, 0),
  );
  await refuses(frame, 'zstd', 'claims 2^63 bytes');
});

test('43 an empty file is no compressed data', async () => {
  for (const kind of ['gzip', 'zstd', 'xz'] as const) {
    await refuses(new Uint8Array(0), kind, kind);
  }
  assert.equal(await read(new Uint8Array(0), 'none'), new Uint8Array(0));
  assert.equal(await read(skippable(3), 'zstd'), new Uint8Array(0), 'skippable frames alone');
});

test('what the source throws is not called damaged data', async () => {
  const whole: Readonly<Record<string, Uint8Array>> = {
    none: content,
    gzip: gzipSync(content),
    zstd: await zstd(content),
  };
  for (const [kind, bytes] of Object.entries(whole)) {
    const fault = new TypeError('the line went dead');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 20);
      throw fault;
    }
    let caught: unknown;
    try {
      for await (const _ of decompressStream(failing(), kind as Compression));
    } catch (error) {
      caught = error;
    }
    assert.is(caught, fault, kind);
  }
});

/** A second initialisation of the package gave every codec of the thread other memory under its feet. */
test('reading files leaves the codecs of the thread as they were', async () => {
  const codec = await createCodec('zstd');
  const frame = codec.compress(content);
  for (let count = 0; count < 5; count++) {
    assert.equal(await read(frame, 'zstd'), content);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(codec.compress(content), frame);
    assert.equal(codec.decompress(frame, content.length), content);
  }
});

test.run();
