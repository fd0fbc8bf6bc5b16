import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { xxhash128 } from 'hash-wasm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { fingerprintBytes, fingerprints } from './fingerprint.ts';

/** Chunks shorter, equal to and longer than the block that is read at a time. */
const LENGTHS = Float64Array.of(1, 3, (1 << 20) - 4, 1 << 20, (1 << 20) + 1, 3_000_000, 17);
const BYTES = noise(LENGTHS.reduce((sum, length) => sum + length, 5));

const DEFINITIONS = {
  sha256: async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex'),
  xxh128: async (bytes: Uint8Array) => xxhash128(bytes),
} as const;

for (const name of ['sha256', 'xxh128'] as const) {
  test(`${name} of every chunk is its digest on its own`, async () => {
    const digests = await fingerprints(new MemorySource(BYTES), LENGTHS, name);
    const size = fingerprintBytes[name];
    assert.is(digests.length, LENGTHS.length * size);
    let offset = 0;
    for (const [index, length] of LENGTHS.entries()) {
      const digest = Buffer.from(digests.subarray(index * size, (index + 1) * size)).toString(
        'hex',
      );
      assert.is(digest, await DEFINITIONS[name](BYTES.subarray(offset, offset + length)));
      offset += length;
    }
  });

  test(`${name} of no chunks is nothing`, async () => {
    assert.is((await fingerprints(new MemorySource(BYTES), new Float64Array(0), name)).length, 0);
  });
}

test('xxh128 of nothing and of "abc" are as the reference implementation prints them', async () => {
  const abc = new MemorySource(new TextEncoder().encode('abc'));
  const digest = await fingerprints(abc, Float64Array.of(3), 'xxh128');
  assert.is(Buffer.from(digest).toString('hex'), '06b05ab6733a618578af5f94892f3950');
});

test.run();
