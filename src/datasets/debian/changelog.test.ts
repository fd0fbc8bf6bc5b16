import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageOf } from '../../testing/debs.ts';
import { newestEntry, readChangelog } from './changelog.ts';
import { readDeb } from './deb.ts';

const text = `glibc (2.36-9+deb12u14) bookworm; urgency=medium

  * A fix -- of something.

 -- Jane Doe <jane@example.org>  Mon, 27 Apr 2026 22:14:33 +0200

glibc (2.36-9+deb12u13) bookworm; urgency=medium

 -- Jane Doe <jane@example.org>  Wed, 01 Oct 2025 12:00:00 +0200
`;

const entry = {
  source: 'glibc',
  version: '2.36-9+deb12u14',
  date: new Date('2026-04-27T20:14:33Z'),
};

async function changelogIn(files: Readonly<Record<string, string>>): Promise<unknown> {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-changelog-'));
  try {
    const path = join(directory, 'x.deb');
    const sketches = Object.entries(files).map(
      ([name, content]) => [name, { content: gzipSync(content) }] as const,
    );
    writeFileSync(path, packageOf('libc6', Object.fromEntries(sketches)));
    return await readChangelog(await readDeb(path, {}));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('the newest entry says source, version, and date with its zone', () => {
  assert.equal(newestEntry(text), entry);
  assert.equal(newestEntry(`\n${text}`), entry);
  for (const none of [
    '',
    '2026-04-27  Jane Doe\n\n\t* file.c: fix\n',
    text.replace(/Mon.*/, 'x'),
  ]) {
    assert.is(newestEntry(none), undefined, none);
  }
});

test('a changelog of the program itself is passed over', async () => {
  const documents = 'usr/share/doc/libc6';
  const upstream = { [`${documents}/changelog.gz`]: '2026-04-27  Jane Doe\n' };
  assert.equal(
    await changelogIn({ ...upstream, [`${documents}/changelog.Debian.gz`]: text }),
    entry,
  );
  assert.equal(await changelogIn({ [`${documents}/changelog.gz`]: text }), entry);
  assert.is(await changelogIn(upstream), undefined);
});

test.run();
