import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { richTree, sketchTree } from '../testing/trees.ts';
import { surveyTree } from './survey.ts';

test('files are told apart by their first bytes, and counted once', () => {
  const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
  const {
    entries,
    kinds,
    bytes: total,
  } = surveyTree(
    sketchTree({
      elf: { content: bytes(0x7f, 0x45, 0x4c, 0x46, 2) },
      'elf.link': { link: 'elf' },
      gz: { content: bytes(0x1f, 0x8b, 8) },
      script: { content: '#!/bin/sh\n' },
      text: { content: 'a line' },
      // A character of three bytes lies across the end of what is looked at.
      cut: { content: `${'x'.repeat(4095)}€${'x'.repeat(10)}` },
      latin1: { content: bytes(0xe9, 0x20) },
      nul: { content: bytes(0x41, 0) },
      empty: {},
      link: { type: 'symlink', target: 'text' },
    }),
  );
  assert.equal(Object.fromEntries(kinds), {
    text: 6 + 4095 + 3 + 10,
    script: 10,
    ELF: 5,
    other: 4,
    compressed: 3,
  });
  assert.is(kinds[0]![0], 'text');
  assert.is(total, 4114 + 10 + 5 + 4 + 3);
  assert.equal(Object.fromEntries(entries), { directory: 1, file: 8, hardlink: 1, symlink: 1 });
});

test('every type of entry is counted', () => {
  const { entries } = surveyTree(richTree());
  assert.is(entries.get('fifo'), 1);
  assert.is(entries.get('character-device'), 1);
  assert.is(entries.get('hardlink'), 1);
});

test.run();
