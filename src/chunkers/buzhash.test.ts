import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hashOf } from './buzhash.ts';
import { discriminator } from './casync.ts';
import { borgTable } from './tables/borg.ts';
import { casyncTable } from './tables/casync.ts';

test('the hash of borg is as its own test suite has it', () => {
  const bytes = new TextEncoder().encode('abcdefghijklmnop');
  assert.is(hashOf(bytes, borgTable), 3795437769);
});

test('the discriminator of casync for its default of 64 KiB', () => {
  assert.is(discriminator(65536), 49535);
});

test('tables are whole', () => {
  for (const table of [borgTable, casyncTable]) assert.is(new Set(table).size, 256);
});

test.run();
