import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** What {@link ./needs.ts} counts, as it would be if a test did it by itself. */
const SILENT: readonly (readonly [what: RegExp, instead: string])[] = [
  [/['"`]skipped:? /, 'a skip that is printed is counted as passed: return skip(reason)'],
  [/\b(?:test|suite)\.skip\b|\? test : /, 'a skip without a reason: unless(test, lack)'],
  [/\.only\(/, 'all other tests are left out'],
  [/\benv(?:\.CI\b|\[['"]CI['"]\])/, 'what CI must have is told by needs.ts'],
  [/command -v|['"]which['"]/, 'has(program)'],
];

const root = fileURLToPath(new URL('../..', import.meta.url));
const EXTENSION = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
/** What runs other tests is made of such words. */
const EXCEPT = ['needs', 'needs.test', 'run', 'run-file', 'run.slow.test', 'summary'].map((name) =>
  join('src', 'testing', `${name}${EXTENSION}`),
);

const isHelper = (path: string): boolean =>
  path.startsWith(join('src', 'testing')) && path.endsWith(EXTENSION) && !path.endsWith('.d.ts');

test('no test skips by itself: what is lacking is told in one way', () => {
  const files = ['src', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => path.endsWith(`.test${EXTENSION}`) || isHelper(path)),
  );
  assert.ok(files.length > 100, `${files.length} files`);
  for (const file of files.filter((name) => !EXCEPT.includes(name))) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [what, instead] of SILENT) {
      const found = what.exec(text);
      assert.ok(!found, `${file}: ${found?.[0]} — ${instead}`);
    }
  }
});

test.run();
