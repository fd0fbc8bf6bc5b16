import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker } from './chunkers/mod.ts';
import { UsageError } from './errors.ts';
import { expandGrid, resolveGrid } from './grids.ts';
import { resolveModels } from './models/mod.ts';

test('grids expand to powers of two and multiply', () => {
  assert.equal(expandGrid('f:avg=4KiB..16KiB'), ['f:avg=4KiB', 'f:avg=8KiB', 'f:avg=16KiB']);
  assert.equal(expandGrid('f:avg=1KiB..2KiB,nc={0,1}'), [
    'f:avg=1KiB,nc=0',
    'f:avg=2KiB,nc=0',
    'f:avg=1KiB,nc=1',
    'f:avg=2KiB,nc=1',
  ]);
  assert.equal(expandGrid('f'), ['f']);
  assert.equal(expandGrid(''), ['']);
});

test('braces in braces name each alternative once, and an end may be left out', () => {
  assert.equal(expandGrid('{whole,f:avg={4KiB,8KiB}}|x'), [
    'whole|x',
    'f:avg=4KiB|x',
    'f:avg=8KiB|x',
  ]);
  assert.equal(expandGrid('zstd{,:19}'), ['zstd', 'zstd:19']);
  assert.equal(expandGrid('{a|b,c|d}|e'), ['a|b|e', 'c|d|e']);
});

test('of too many ids none is made', () => {
  assert.throws(() => expandGrid('{0,1}'.repeat(40)), /more than 1024 ids/);
  assert.throws(() => expandGrid('a=1..4,b=1..4', 8), /more than 8 ids/);
});

/** What is said of a grid; each says where, and what would be right. */
function refused(work: () => unknown, ...says: readonly (string | RegExp)[]): void {
  try {
    work();
  } catch (error) {
    assert.instance(error, UsageError);
    for (const part of says) assert.match(String(error), part);
    return;
  }
  assert.unreachable(`${says[0]} was accepted`);
}

test('a grid that is malformed is refused with the place, and an example', () => {
  const chain = (text: string, ...says: readonly (string | RegExp)[]): void =>
    refused(() => resolveModels([text]), ...says);
  const example = /'\{files,catar\}\|/;
  chain('catar|{whole,rabin|none|objects|get', "'{' has no '}' after it, at character 7", example);
  chain('catar|whole}|none|objects|get', "'}' has no '{' before it, at character 12", example);
  chain('catar|{whole,}|none|objects|get', 'alternative is empty, at character 14', example);
  chain('catar|{}|none|objects|get', 'alternative is empty, at character 8', example);
  chain(
    'catar|{whole,rabbin}|none|objects|get',
    "unknown chunker 'rabbin', at character 14",
    /rabin/,
  );
  chain('catar|whole|{none,zstd:99}|objects|get', /at character 19 of 'catar.*1 to/);
  chain('catar|whole|zstdd|objects|get', "'zstdd', at character 13 of", "did you mean 'zstd'?");
  chain(
    'catar|{fastcdc:min=4KiB,avg=16KiB}|none|objects|get',
    "unknown chunker 'avg=16KiB', at character 25",
    'a comma in braces ends an alternative',
    "'fastcdc:min=4KiB,avg=16KiB'",
  );
});

test('examples of messages are right, and braces end somewhere', () => {
  const examples = [
    '{files,catar}|fastcdc:avg=16KiB..256KiB|{none,zstd:3}|blob|{get,range}',
    'catar|fastcdc:avg=64KiB|zstd:3|blob|range',
  ];
  for (const text of examples) assert.ok(resolveModels([text]).length > 0, text);
  for (const text of ['{rabin,fastcdc}:avg=4KiB..1MiB', 'fastcdc:min=4KiB,avg=16KiB']) {
    assert.ok(resolveGrid(text, createChunker).length > 0, text);
  }
  refused(() => expandGrid('{'.repeat(100_000)), 'too many braces are open, at character 101');
});

test('a range that is none is refused with the place, and the range as it should be', () => {
  const set = (text: string, ...says: readonly (string | RegExp)[]): void =>
    refused(() => resolveGrid(text, createChunker), ...says);
  set('fastcdc:avg=16KiB..4KiB', 'the larger size is first', 'at character 13', 'avg=4KiB..16KiB');
  set('fastcdc:avg=..4KiB', 'the first size is missing', 'at character 13', 'avg=4KiB..1MiB');
  set('fastcdc:avg=4KiB..', 'the last size is missing', 'at character 13', 'avg=4KiB..1MiB');
  set('fastcdc:avg=4KiB...8KiB', "'.8KiB' is no size", 'avg=4KiB..1MiB');
  set('fastcdc:avg=4KB..8KiB', "'4KB' is no size", 'avg=4KiB..1MiB');
  set('fastcdc:avg=0..8KiB', 'a size is 0', 'avg=4KiB..1MiB');
  set('{rabin,fastcdc:4KiB..8KiB}', 'no parameter is named', 'at character 16', 'avg=4KiB..1MiB');
  set('{rabin,fasctdc}', "unknown chunker 'fasctdc', at character 8", 'fastcdc');
});

test('parts of a chain that are missing, empty or too many are named with the place', () => {
  const chain = (text: string, ...says: readonly (string | RegExp)[]): void =>
    refused(() => resolveModels([text]), ...says, 'catar|fastcdc:avg=64KiB|zstd:3|blob|range');
  chain('{catar,tar}|whole|none', '3 parts: packer, fetcher missing, at character 23');
  chain('catar||none|objects|get', 'has an empty part, at character 7');
  chain('|catar|whole|none|objects|get', 'has an empty part, at character 1');
  chain('catar|whole|none|objects|get|', 'has an empty part, at character 30');
  chain('catar|{whole|rabin,x}|none|objects|get', "'get' is one too many, at character 36");
});

test.run();
