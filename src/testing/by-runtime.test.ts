import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectDirectory } from '../project.ts';
import { BY_RUNTIME } from './by-runtime.ts';

const files = ['src', 'bench'].flatMap((folder) =>
  readdirSync(join(projectDirectory, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.test.ts')),
);
const matching = (pattern: string): readonly string[] =>
  files.filter((name) => new RegExp(pattern).test(name));

test('each pattern names a file, and no file is named twice', () => {
  const named = BY_RUNTIME.flatMap((pattern) => {
    const found = matching(pattern);
    assert.ok(found.length > 0, pattern);
    return found;
  });
  assert.equal(named.length, new Set(named).size);
  assert.ok(named.length < files.length / 3, `${named.length} of ${files.length}`);
});

test.run();
