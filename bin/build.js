import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Compiles the tree into `dist`, unless `dist` was compiled from these very bytes and nothing was written into it since. It is
 * compiled beside and moved into place, so that what runs meanwhile sees one build or the other, and no output stays of a
 * source that is gone.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const STAMP = '.sources';
/** What else the outputs depend on. */
const OTHERS = ['tsconfig.json', 'package-lock.json', 'bin/build.js', 'bin/join-modules.js'];

const wanted = digestOfSources();
if (!isCurrent()) await build();

function digestOfSources() {
  const hash = createHash('sha256');
  const names = ['src', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  for (const name of [...names.sort(), ...OTHERS]) {
    const bytes = readFileSync(join(root, name));
    hash.update(`${name} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

function isCurrent() {
  const stamp = join(dist, STAMP);
  if (!existsSync(stamp)) return false;
  const [digest, count] = readFileSync(stamp, 'utf8').split(' ');
  const { mtimeMs } = statSync(stamp);
  const outputs = outputsIn(dist);
  return (
    digest === wanted &&
    Number(count) === outputs.length &&
    outputs.every((path) => statSync(path).mtimeMs <= mtimeMs)
  );
}

function outputsIn(directory) {
  return readdirSync(directory, { recursive: true })
    .filter((name) => /\.[jt]s$/.test(name))
    .map((name) => join(directory, name));
}

async function build() {
  const own = join(root, '.build', String(process.pid));
  const made = join(own, 'dist');
  const compiler = fileURLToPath(import.meta.resolve('typescript/package.json'));
  const { bin } = JSON.parse(readFileSync(compiler, 'utf8'));
  const tsc = join(compiler, '..', bin.tsc);
  mkdirSync(own, { recursive: true });
  try {
    const words = [tsc, '-p', join(root, 'tsconfig.json'), '--outDir', made];
    const { status, error } = spawnSync(process.execPath, words, { stdio: 'inherit' });
    if (error) throw error;
    if (status !== 0) {
      process.exitCode = status ?? 1;
      return;
    }
    // Of modules as they are by themselves: what a script is joined with may be more than what it uses.
    const versions = join(made, 'src/runs/code-version.js');
    if (existsSync(versions)) (await import(pathToFileURL(versions).href)).writeCodeVersions(made);
    // Where nothing is to be built, the packages for it need not be read.
    const { joinModules } = await import('./join-modules.js');
    await joinModules(made);
    writeFileSync(join(made, STAMP), `${wanted} ${outputsIn(made).length}`);
    place(made, join(own, 'old'));
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** Whoever builds the same at the same time is content with the first. */
function place(made, old) {
  while (!isCurrent()) {
    try {
      renameSync(dist, old);
      rmSync(old, { recursive: true });
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    try {
      return renameSync(made, dist);
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    }
  }
}
