import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { createChunker } from './mod.ts';
import { gearhashTable } from './tables/gearhash.ts';

test('a million bytes 59 are cut at max, as the xet-core tests have it', () => {
  const lengths = createChunker('xet').lengths(
    new MemorySource(new Uint8Array(1_000_000).fill(59)),
  );
  assert.equal([...lengths], [...new Array(7).fill(131072), 1_000_000 - 7 * 131072]);
});

test('the table has the published entries', () => {
  assert.is(gearhashTable.length, 256);
  assert.is(gearhashTable[0], 0xb088d3a9e840f559n);
  assert.is(gearhashTable[128], 0xa315f5ebfb706d26n);
  assert.is(gearhashTable[255], 0x63c7a906c1dd187bn);
});

test.run();
