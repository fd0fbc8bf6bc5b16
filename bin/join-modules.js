import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Those that a user begins: the command, and what is timed from outside beside another program. */
const BEGUN = ['src/cli.js', 'bench/speed/sweep.js'];

/**
 * Makes one file, with chunks for what is loaded later, of each compiled script that a process or a thread begins with. To
 * find, open and link the five hundred modules of a command takes longer than most commands. All else stays as it was
 * compiled, for who imports a module by its name.
 */
export async function joinModules(directory) {
  const begun = BEGUN.map((name) => join(directory, name)).filter((path) => existsSync(path));
  if (begun.length === 0) return;
  await build({
    entryPoints: [...begun, ...scriptsBegunIn(directory)],
    outdir: directory,
    outbase: directory,
    chunkNames: 'chunks/[name]-[hash]',
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    plugins: [keepPlaces(directory), leavePackages()],
  });
  for (const name of JOINED) {
    const own = dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
    copyFileSync(join(own, 'LICENSE'), join(directory, 'chunks', `LICENSE-${name}`));
  }
}

/** Those that code names to start a thread or a process with. */
function scriptsBegunIn(directory) {
  return readdirSync(directory, { recursive: true })
    .filter((name) => name.endsWith('.js') && !name.endsWith('.test.js'))
    .flatMap((name) => {
      const text = readFileSync(join(directory, name), 'utf8');
      const found = text.matchAll(/scriptUrl\('(.+?)', import\.meta\.url\)/g);
      return [...found].map(([, script]) => join(directory, dirname(name), `${script}.js`));
    });
}

/** A module that asks where it lies is told where it was compiled to: what it names from there is there. */
function keepPlaces(directory) {
  const folder = "import.meta.url.lastIndexOf('/dist/')";
  return {
    name: 'keep-places',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8');
        if (!contents.includes('import.meta.url')) return undefined;
        const place = JSON.stringify(`/dist/${relative(directory, path).replaceAll(sep, '/')}`);
        const own = `(import.meta.url.slice(0, ${folder}) + ${place})`;
        return { contents: contents.replaceAll('import.meta.url', own) };
      });
    },
  };
}

/** Packages that are joined as well: pure modules, of as many files as our own. */
const JOINED = ['zod'];

/** Other packages have WebAssembly and scripts that they find beside themselves. */
function leavePackages() {
  return {
    name: 'leave-packages',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
        kind === 'entry-point' || JOINED.includes(path) ? undefined : { path, external: true },
      );
    },
  };
}
