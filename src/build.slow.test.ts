import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectDirectory } from './project.ts';
import { lackOf, unless } from './testing/needs.ts';

/** `npm run build`, of a tree of two files. */
const test = unless(suite<{ directory: string }>('build'), lackOf('node'));

test.before.each((context) => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-build-'));
  context.directory = directory;
  for (const name of ['src', 'bench', 'bin']) mkdirSync(join(directory, name));
  cpSync(join(projectDirectory, 'bin/build.js'), join(directory, 'bin/build.js'));
  symlinkSync(join(projectDirectory, 'node_modules'), join(directory, 'node_modules'));
  const compilerOptions = { rootDir: '.', outDir: 'dist', types: [], noEmitOnError: true };
  const files = {
    'src/a.ts': 'export const a = 1;\n',
    'bench/b.ts': 'export const b = 1;\n',
    'package.json': '{"type":"module"}',
    'package-lock.json': '{}',
    'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src', 'bench'] }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

async function build(directory: string): Promise<number> {
  const child = spawn('node', [join(directory, 'bin/build.js')], { stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number];
  return code;
}

const outputs = (directory: string): readonly string[] =>
  readdirSync(join(directory, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .sort();

test('compiles only what is other than what was compiled, and leaves no output of a source that is gone', async ({
  directory,
}) => {
  const [a, b] = [join(directory, 'src/a.ts'), join(directory, 'bench/b.ts')];
  const made = (): number => statSync(join(directory, 'dist')).ino;
  assert.is(await build(directory), 0);
  assert.equal(outputs(directory), ['bench/b.js', 'src/a.js']);
  const first = made();
  // As a checkout of the same commit does.
  utimesSync(a, new Date(), new Date());
  await build(directory);
  assert.is(made(), first);
  // As a checkout of an older one does.
  writeFileSync(a, 'export const a = 2;\n');
  utimesSync(a, 1, 1);
  rmSync(b);
  await build(directory);
  assert.equal(outputs(directory), ['src/a.js']);
  assert.match(readFileSync(join(directory, 'dist/src/a.js'), 'utf8'), /a = 2/);
  // Written by something else since.
  writeFileSync(join(directory, 'dist/src/a.js'), 'export const a = 3;\n');
  utimesSync(join(directory, 'dist/src/a.js'), new Date(), new Date(Date.now() + 5000));
  await build(directory);
  assert.match(readFileSync(join(directory, 'dist/src/a.js'), 'utf8'), /a = 2/);
});

test('several at once leave one whole build; one that fails leaves the last', async ({
  directory,
}) => {
  const codes = await Promise.all([1, 2, 3].map(() => build(directory)));
  assert.equal(codes, [0, 0, 0]);
  assert.equal(outputs(directory), ['bench/b.js', 'src/a.js']);
  writeFileSync(join(directory, 'src/a.ts'), 'export const a: string = 1;\n');
  assert.is.not(await build(directory), 0);
  assert.equal(outputs(directory), ['bench/b.js', 'src/a.js']);
  assert.equal(readdirSync(join(directory, '.build')), []);
  assert.ok(existsSync(join(directory, 'dist/src/a.js')));
});

test.run();
