import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VerificationError } from '../errors.ts';
import { MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { codecMembers, createCodec } from './mod.ts';

/** Text between noise, longer than the windows of all codecs here. */
const content = new Uint8Array(
  Buffer.concat(
    Array.from({ length: 30 }, (_, number) => [
      noise(20_000, number),
      Buffer.from(`line ${number % 4} of a text\n`.repeat(3000)),
    ]).flat(),
  ),
);

function* stepsOf(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

for (const { name } of codecMembers) {
  test(`${name}: steps give the bytes of one call`, async () => {
    const { compress, steps } = await createCodec(name);
    if (!steps) return;
    const stored = compress(content);
    for (const length of [1009, 65_536, 4 << 20]) {
      const made = [...steps.compress(stepsOf(content, length))].map((part) => part.slice());
      assert.is(Buffer.compare(Buffer.concat(made), stored), 0, `${length}`);
    }
    const restored: Uint8Array[] = [];
    for await (const part of steps.decompress(new MemorySource(stored), content.length)) {
      restored.push(part.slice());
    }
    assert.is(Buffer.compare(Buffer.concat(restored), content), 0);
    if (name === 'none') return;
    const cut = new MemorySource(stored.subarray(0, stored.length - 9));
    let error: unknown;
    try {
      for await (const _ of steps.decompress(cut, content.length));
    } catch (caught) {
      error = caught;
    }
    assert.instance(error, VerificationError);
  });
}

test.run();
