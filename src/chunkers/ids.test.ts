import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { expandGrid } from '../grids.ts';
import { createChunker } from './mod.ts';

test('a wrong id is refused with a remedy', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['fastcdx', /did you mean 'fastcdc'/],
    ['fastcdc:agv=64KiB', /did you mean 'avg'/],
    ['fastcdc:avg=0', /256 to 4MiB/],
    ['fastcdc:avg=5MiB', /256 to 4MiB/],
    ['fastcdc:min=63,avg=256', /64 to 1MiB/],
    ['fastcdc:max=1023,avg=256', /1KiB to 16MiB/],
    ['fastcdc:max=16777217', /1KiB to 16MiB/],
    ['fastcdc:min=8KiB,avg=4KiB', /min is above avg/],
    ['fastcdc:avg=64KiB,max=32KiB', /avg is above max/],
    ['fastcdc:nc=4', /0 to 3/],
    ['fastcdc:avg=1e999', /a size such as/],
    ['fastcdc:seed=x', /hexadecimal/],
    ['rabin:poly=0x3', /degree 1, not 53/],
    ['rabin:poly=0x20000000000001', /not irreducible/],
    ['rabin:avg=65535', /power of two, such as 64KiB/],
    ['rabin:min=63', /64 to 64MiB/],
    ['rabin:min=2MiB,max=1MiB', /min is above max/],
    ['fixed:size=0', /1 to 64MiB/],
    ['fixed:size=64MiB,size=1', /given twice/],
    ['fixed:size=67108865', /1 to 64MiB/],
    ['whole:size=1', /has no parameter/],
    ['maxcdc:min=1KiB,max=2046', /at least 2 · min − 1, 2047/],
    ['maxcdc:min=63', /64 to 32MiB/],
    ['bup:avg=8191', /power of two, such as 8KiB/],
    ['fastcdc-wasm:min=8KiB,avg=8KiB', /min must be below avg/],
    ['fastcdc-wasm:min=4KiB,avg=8KiB,max=10000', /at least avg/],
  ];
  for (const [id, says] of refusals) {
    assert.throws(
      () => createChunker(id),
      (error: Error) => error instanceof UsageError && says.test(String(error)),
      id,
    );
  }
});

test('ids at the limits are accepted, and a grid of averages expands to powers of two', () => {
  for (const id of [
    'fixed:size=64MiB',
    'fastcdc:avg=4MiB',
    'fastcdc:avg=256',
    'rabin:avg=8MiB',
    'maxcdc:min=32MiB',
    'maxcdc:min=1KiB,max=2047',
    'bup:avg=4MiB',
  ]) {
    assert.is(createChunker(createChunker(id).id).id, createChunker(id).id);
  }
  assert.match(createChunker('fastcdc:seed=666').id, /seed=0x29a$/);
  assert.match(createChunker('fastcdc:seed=0xFFFFFFFFFFFFFFFF').id, /seed=0xffffffffffffffff$/);
  const ids = expandGrid('fastcdc:avg=4KiB..1MiB').map((id) => createChunker(id).id);
  assert.is(ids.length, 9);
  assert.is(ids[0], 'fastcdc:min=1KiB,avg=4KiB,max=16KiB,nc=1,seed=0x0');
  assert.is(ids.at(-1), 'fastcdc:min=256KiB,avg=1MiB,max=4MiB,nc=1,seed=0x0');
});

test.run();
