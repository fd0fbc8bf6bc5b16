import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../stats/random.ts';
import { noise } from '../testing/noise.ts';
import { inDirectory } from '../testing/shell.ts';
import { Part } from './part.ts';
import { Rope } from './rope.ts';
import { FileSource, MemorySource, readAll, readRange } from './source.ts';

const source = new MemorySource(Uint8Array.from({ length: 1000 }, (_, index) => index));

/** A rope of all kinds of pieces, and its bytes. */
function mixed(pieces: number, seed: number): { readonly rope: Rope; readonly bytes: Uint8Array } {
  const next = seeded(seed);
  const rope = new Rope();
  const bytes: number[] = [];
  for (let piece = 0; piece < pieces; piece++) {
    const [kind, length, offset] = [0, 1, 2].map(() => Math.floor(next() * 40)) as [
      number,
      number,
      number,
    ];
    const slice = source.bytes.subarray(offset, offset + length);
    if (kind % 3 === 0) rope.zeros(length);
    else if (kind % 3 === 1) rope.literal(slice);
    else rope.slice(source, offset, length);
    bytes.push(...(kind % 3 === 0 ? new Uint8Array(length) : slice));
  }
  return { rope, bytes: Uint8Array.from(bytes) };
}

test('a rope has the bytes of its pieces, wherever it is read', () => {
  const { rope, bytes } = mixed(500, 1);
  assert.is(rope.length, bytes.length);
  assert.equal(readAll(rope), bytes);
  for (let offset = bytes.length - 7; offset >= 0; offset -= 61) {
    assert.equal(readRange(rope, offset, 7), bytes.slice(offset, offset + 7));
  }
  assert.throws(() => readRange(rope, bytes.length - 1, 2), RangeError);
});

test('a part has the bytes of its range, and a rope takes over what it is a part of', () => {
  const { rope, bytes } = mixed(50, 4);
  const part = new Part(new Part(rope, 3, bytes.length - 3), 4, 90);
  assert.equal(readAll(part), bytes.slice(7, 97));
  assert.throws(() => readRange(part, 89, 2), RangeError);
  assert.throws(() => new Part(rope, 1, bytes.length), RangeError);
  const around = new Rope().zeros(2).append(part, 5, 80).slice(part, 0, 90);
  assert.equal(
    readAll(around),
    Uint8Array.from([0, 0, ...bytes.slice(12, 92), ...bytes.slice(7, 97)]),
  );
  const pieces = new Rope().append(rope, 12, 80);
  assert.is(around.composition(2, 80, 1000), pieces.composition(0, 80, 1000));
});

test('ropes in a rope are their bytes end to end', () => {
  const [a, b] = [mixed(50, 2), mixed(50, 3)];
  const both = new Rope().append(a.rope).append(b.rope).append(source);
  assert.equal(readAll(both), new Uint8Array([...a.bytes, ...b.bytes, ...source.bytes]));
});

test('a rope of another thread has the same bytes, and what is added there stays there', () => {
  const { rope, bytes } = mixed(50, 4);
  rope.literal(Uint8Array.of(1));
  const descriptor = structuredClone(rope.describe());
  const there = Rope.open(descriptor).literal(Uint8Array.of(2)).zeros(1);
  assert.equal(readAll(there), new Uint8Array([...bytes, 1, 2, 0]));
  assert.equal(readAll(Rope.open(descriptor)), new Uint8Array([...bytes, 1]));
  assert.equal(readAll(rope), new Uint8Array([...bytes, 1]));
});

test('small pieces of a file have its bytes, however they lie in it', async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, 'file');
    const bytes = noise(3 << 20, 5);
    writeFileSync(path, bytes);
    const file = new FileSource(path);
    const next = seeded(6);
    const draw = (below: number): number => Math.floor(next() * below);
    // Up, down, over a wide range, and one place again and again; now and then a long one.
    const steps = [() => 3000, () => -2500, () => draw(4e5) - 2e5, () => 0];
    for (const step of steps) {
      const rope = new Rope();
      const wanted: Uint8Array[] = [];
      let offset = 1 << 20;
      for (let piece = 0; piece < 300; piece++) {
        const length = 1 + draw(piece % 40 === 0 ? 300_000 : 4000);
        offset = Math.min(Math.max(0, offset + step()), bytes.length - length);
        wanted.push(bytes.slice(offset, offset + length), Uint8Array.of(piece), new Uint8Array(2));
        rope.slice(file, offset, length).literal(Uint8Array.of(piece)).zeros(2);
      }
      const all = new Uint8Array(Buffer.concat(wanted));
      assert.equal(readAll(rope), all);
      for (let start = 0; start + 70_000 < all.length; start += 33_333) {
        assert.equal(readRange(rope, start, 70_000), all.slice(start, start + 70_000));
      }
    }
    file.close();
  });
});

test('nothing is a rope', () => {
  assert.equal(readAll(Rope.open(structuredClone(new Rope().describe()))), new Uint8Array(0));
  assert.equal(readAll(new Rope().zeros(0).literal(new Uint8Array(0))), new Uint8Array(0));
});

test.run();
