import { execFile, spawn } from 'node:child_process';
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
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
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
  for (const name of ['bin/build.js', 'bin/join-modules.js']) {
    cpSync(join(projectDirectory, name), join(directory, name));
  }
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

async function run(script: string): Promise<string> {
  return (await promisify(execFile)('node', [script])).stdout;
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

test('joins the modules of each script that begins a process or thread, and leaves modules where they tell they lie', async ({
  directory,
}) => {
  const files = {
    'src/cli.ts':
      "import { place, scriptUrl } from './below/place.ts';\nconsole.log(scriptUrl('./below/child', import.meta.url), place);\n",
    'src/below/child.ts':
      "import { place } from './place.ts';\nconsole.log(import.meta.url, place);\n",
    'src/below/place.ts':
      'export const place = import.meta.url;\nexport const scriptUrl = (name: string, base: string): string => new URL(name + ".js", base).href;\n',
  };
  mkdirSync(join(directory, 'src/below'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const settings = join(directory, 'tsconfig.json');
  const { compilerOptions, include } = JSON.parse(readFileSync(settings, 'utf8')) as {
    compilerOptions: object;
    include: readonly string[];
  };
  const own = { rewriteRelativeImportExtensions: true, module: 'nodenext', lib: ['es2023', 'dom'] };
  writeFileSync(
    settings,
    JSON.stringify({ compilerOptions: { ...compilerOptions, ...own }, include }),
  );
  assert.is(await build(directory), 0);
  const dist = pathToFileURL(join(directory, 'dist')).href;
  const [child, place] = [`${dist}/src/below/child.js`, `${dist}/src/below/place.js`];
  assert.is(await run(join(directory, 'dist/src/cli.js')), `${child} ${place}\n`);
  assert.is(await run(fileURLToPath(child)), `${child} ${place}\n`);
  assert.match(readFileSync(fileURLToPath(child), 'utf8'), /chunks\//);
});

test.run();
