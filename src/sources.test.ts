import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectDirectory } from './project.ts';

/** Rules that a type cannot say, held over every source that is not a test's. */

const sources = ['src', 'bench'].flatMap((folder) =>
  (readdirSync(join(projectDirectory, folder), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^testing\/|\.wasm\.ts$/.test(name))
    .map((name) => ({
      path: `${folder}/${name}`,
      text: readFileSync(join(projectDirectory, folder, name), 'utf8'),
    })),
);

function holding(pattern: RegExp, except: readonly string[] = []): readonly string[] {
  return sources
    .filter(({ path, text }) => !except.includes(path) && pattern.test(text))
    .map(({ path }) => path);
}

test('directories are made by makeDirectories: the runtimes’ recursive mkdir never returns below /proc', () => {
  assert.ok(sources.length > 200);
  assert.equal(holding(/mkdir(Sync)?\([^;]*recursive/), []);
});

test('lists in messages go through listed, which bounds them', () => {
  // Errors are made outside of the report, and of the experiments, whose lists are of the tree's own names.
  const inErrors = sources.filter(({ path }) => !/^bench\/|^src\/report\//.test(path));
  const joined = inErrors
    .filter(({ text }) => /Error\((?:[^;]|\n)*?\.join\('(?:, |; | )'\)/.test(text))
    .map(({ path }) => path);
  assert.equal(joined, []);
});

test('only the thread that supervises, and tests, read signals or end the process', () => {
  assert.equal(
    holding(/process\.on\(\s*'SIG|process\.(exit|reallyExit)\(/, [
      'src/supervisor.ts',
      'src/verb-thread.ts',
      'src/processes.ts',
    ]),
    [],
  );
});

test.run();
