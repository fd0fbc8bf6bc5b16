import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunkerMembers } from '../../src/chunkers/mod.ts';
import { presets } from '../../src/models/presets.ts';
import { noise } from '../../src/testing/noise.ts';
import { compareCuts, ourCuts } from './cuts.ts';
import { cutByGear } from './gear-variant.ts';
import { peers } from './mod.ts';
import { differingFields } from './rows.ts';
import { difference, type Outcome, writeTable } from './table.ts';
import { pinned } from './tools.ts';

/** What the comparison itself says; the programs of others run in `bench/peers/run` alone. */

test('each peer has a name of its own and follows what is here', () => {
  const names = peers.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  const known = [...presets.map(({ alias }) => alias), ...chunkerMembers.map(({ name }) => name)];
  for (const { name, follows } of peers) {
    assert.ok(follows.length > 0, name);
    for (const one of follows) assert.ok(known.includes(one), `${name} follows ${one}`);
  }
});

test('versions are those that the drivers pin', () => {
  assert.match(pinned('chunkers-rs', 'fastcdc'), /^\d+\.\d+\.\d+$/);
  assert.match(pinned('soci', 'github.com/awslabs/soci-snapshotter'), /^\d+\.\d+\.\d+$/);
  assert.throws(() => pinned('soci', 'github.com/nobody/nothing'), /pins no/);
});

test('equal cuts are equal, and others are counted', () => {
  const same = compareCuts('x', [3, 4], [3, 4]);
  assert.is(same.isSame, true);
  const other = compareCuts('x', [3, 4, 1], [3, 5], 'another rule');
  assert.is(other.isSame, false);
  assert.is(other.why, 'another rule; 2 of their 3 ends are ends of ours');
  assert.is(compareCuts('x', [3, 4], [3]).isSame, false);
});

test('a variant of FastCDC with our own rule cuts as ours does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ocibench-'));
  try {
    const path = join(folder, 'file');
    writeFileSync(path, noise(300_000, 5));
    const variant = (isAfter: boolean): readonly number[] =>
      cutByGear(path, {
        sizes: [1024, 4096, 16384],
        // Of levels 13 and 11.
        masks: [0x0000d90303530000n, 0x0000d90003530000n],
        isAfter,
      });
    const ours = ourCuts('fastcdc2016:min=1KiB,avg=4KiB,max=16KiB', path);
    assert.ok(ours.length > 20);
    assert.equal(variant(false), ours);
    assert.not.equal(variant(true), ours);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('rows of tables are told apart by their key, and fields are counted', () => {
  const theirs = [{ name: 'a', size: 1 }, { name: 'b', size: 2 }, { name: 'c' }];
  const ours = [{ name: 'b', size: 3 }, { name: 'a', size: 1, mode: 4 }, { name: 'd' }];
  const found = differingFields(theirs, ours, ['name']);
  assert.equal([...found].sort(), [
    'mode (1)',
    'row only ours (1)',
    'row only theirs (1)',
    'size (1)',
  ]);
  assert.equal(differingFields(theirs, theirs, ['name']), []);
});

test('a difference is equal, a share, or one side alone', () => {
  const of = (theirs: number, ours: number, isSame = false): string =>
    difference({ parameters: '', what: '', why: '', theirs, ours, isSame });
  assert.is(of(1000, 1000, true), 'equal');
  assert.is(of(1000, 1000), '0, not equal');
  assert.is(of(1000, 985), '−1.5 %');
  assert.is(of(10_000, 10_005), '+0.050 %');
  assert.is(of(5, 0), 'none of it');
  assert.is(of(0, 5), 'only ours');
});

test('a table has a line for each comparison, and one for what could not be built', () => {
  const row = { parameters: 'p|q', what: 'w', theirs: 1000, ours: 1000 };
  const outcomes: readonly Outcome[] = [
    {
      name: 'a',
      title: 'A',
      version: '1',
      follows: ['f'],
      rows: [
        { ...row, input: 'x', isSame: true, why: 'one' },
        { ...row, input: 'y', isSame: false, why: 'two' },
        { ...row, input: 'y', what: 'v', isSame: true, why: 'one' },
      ],
    },
    { name: 'b', title: 'B', version: '', follows: ['g', 'h'], rows: [], failure: 'no compiler' },
  ];
  assert.equal(writeTable(outcomes, ['x', 'y']).trimEnd().split('\n'), [
    '| tool, version | ours | parameters: what is compared | x: theirs · ours · difference | y: theirs · ours · difference | why |',
    '| --- | --- | --- | --: | --: | --- |',
    '| A 1 | `f` | p\\|q: w | 1,000 · 1,000 · equal | 1,000 · 1,000 · 0, not equal | one / two |',
    '| A 1 | `f` | p\\|q: v | – | 1,000 · 1,000 · equal | one |',
    '| B | `g`, `h` | not compared | – | – | no compiler |',
  ]);
});

test.run();
