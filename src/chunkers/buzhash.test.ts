import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { buzhashAlgorithm, hashOf } from './buzhash.ts';
import { discriminator } from './casync.ts';
import { split } from './split.ts';
import { borgTable } from './tables/borg.ts';
import { casyncTable } from './tables/casync.ts';

test('the hash of borg is as its own test suite has it', () => {
  const bytes = new TextEncoder().encode('abcdefghijklmnop');
  assert.is(hashOf(bytes, borgTable), 3795437769);
});

test('the discriminator of casync for its default of 64 KiB, and kept within min and max', () => {
  assert.is(discriminator(16384, 65536, 262144), 49535);
  assert.is(discriminator(60_000, 65536, 262144), 60_000);
  assert.is(discriminator(1000, 4 << 20, 4 << 20), 4 << 20);
});

/**
 * `test_chunkpoints_unchanged` of borg 1.4.5 and 2.0.0b22: 320 parameter sets over windows of 65 to 7351 bytes, the
 * digests of all their chunks in one.
 */
unless(test, lackOfTime())('all cut points that borg promises never to change', () => {
  let state = 1;
  const bytes = Uint8Array.from({ length: 100_000 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state;
  });
  const sha256 = (content: Uint8Array): Uint8Array => createHash('sha256').update(content).digest();
  const runs: Uint8Array[] = [];
  for (const window of [65, 129, 4095, 7351]) {
    for (const min of [4, 6, 7, 11, 12]) {
      for (const max of [15, 17]) {
        for (const bits of [4, 7, 10, 12]) {
          for (const seed of [1849058162, 1234567653]) {
            const algorithm = buzhashAlgorithm({
              min: 2 ** min,
              max: 2 ** max,
              table: borgTable.map((word) => word ^ seed),
              window,
              ahead: window,
              addend: 0,
              divisor: 2 ** bits,
            });
            let offset = 0;
            const chunks = [...split(algorithm, new MemorySource(bytes))].map((length) => {
              offset += length;
              return sha256(bytes.subarray(offset - length, offset));
            });
            runs.push(sha256(Buffer.concat(chunks)));
          }
        }
      }
    }
  }
  assert.is(
    Buffer.from(sha256(Buffer.concat(runs))).toString('hex'),
    'a43d0ecb3ae24f38852fcc433a83dacd28fe0748d09cc73fc11b69cf3f1a7299',
  );
});

test('tables are whole', () => {
  for (const table of [borgTable, casyncTable]) assert.is(new Set(table).size, 256);
});

test.run();
