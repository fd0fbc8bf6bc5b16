import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as library from './mod.ts';
import { projectDirectory } from './project.ts';
import { directorySuite, type InDirectory } from './testing/directory.ts';
import { lackOf } from './testing/needs.ts';

/** Each runs below a minute; a busy machine may take longer. */
const LIMIT_SECONDS = 600;

const folder = join(projectDirectory, 'notebooks');
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));

interface Cell {
  readonly cell_type: string;
  readonly source: readonly string[];
  readonly outputs?: readonly {
    readonly output_type: string;
    readonly data?: Readonly<Record<string, unknown>>;
  }[];
}

const codeIn = (path: string): readonly Cell[] =>
  (JSON.parse(readFileSync(path, 'utf8')) as { cells: readonly Cell[] }).cells.filter(
    (cell) => cell.cell_type === 'code',
  );

const written = suite('notebooks as they are kept');

written('six are there, without outputs, and docs name each', () => {
  assert.is(names.length, 6);
  const commands = readFileSync(join(projectDirectory, 'docs/commands.md'), 'utf8');
  for (const name of names) {
    assert.ok(commands.includes(`notebooks/${name}`), name);
    for (const { outputs } of codeIn(join(folder, name))) assert.equal(outputs, [], name);
  }
});

written('they import the library by its name, and only what it exports', () => {
  const settings = JSON.parse(readFileSync(join(projectDirectory, 'deno.json'), 'utf8'));
  assert.is(settings.imports.ocibench, './src/mod.ts');
  for (const name of names) {
    const code = codeIn(join(folder, name))
      .map(({ source }) => source.join(''))
      .join('\n');
    const imports = [...code.matchAll(/^import \{ (.*) \} from '(.*)';$/gm)];
    assert.is(imports.length, code.match(/^import \{/gm)?.length, name);
    for (const [, members, from] of imports) {
      assert.ok(['ocibench', './show.ts', 'node:sqlite'].includes(from!), `${name}: ${from}`);
      if (from !== 'ocibench') continue;
      for (const member of members!.split(', ')) assert.ok(member in library, `${name}: ${member}`);
    }
    assert.ok(
      imports.some(([, , from]) => from === 'ocibench'),
      name,
    );
  }
});

written.run();

const executed = directorySuite<InDirectory>('notebooks', lackOf('jupyter-nbconvert', 'deno'));

for (const name of names) {
  executed(`${name} runs, and every cell that shows something shows it`, ({ directory }) => {
    // Both programs keep kernels there; those of the user are left alone.
    const env = { ...process.env, XDG_DATA_HOME: directory, HOME: directory, TMPDIR: directory };
    const start = (program: string, ...words: readonly string[]): void => {
      const options = {
        env,
        cwd: folder,
        encoding: 'utf8',
        timeout: LIMIT_SECONDS * 1000,
      } as const;
      const { status, stderr, error } = spawnSync(program, words, options);
      assert.is(status, 0, `${program}: ${error ?? ''} ${stderr}`);
    };
    start('deno', 'jupyter', '--install');
    // On a busy machine output comes late; without the second of them it is left out in silence.
    const limits = ['timeout', 'iopub_timeout'].map(
      (limit) => `--ExecutePreprocessor.${limit}=${LIMIT_SECONDS}`,
    );
    const out = join(directory, name);
    const words = ['--to', 'notebook', '--execute', ...limits, '--output', out, name];
    start('jupyter-nbconvert', ...words);
    const isShown = ({ source, outputs }: Cell): boolean =>
      shownBy(source.join('')).every((kind) => kindsOf(outputs!).includes(kind));
    // Deno's kernel now and then ends a cell before its output is sent; nbconvert then leaves it out.
    if (!codeIn(out).every(isShown)) start('jupyter-nbconvert', ...words);
    for (const { source, outputs } of codeIn(out)) {
      const code = source.join('');
      const kinds = kindsOf(outputs!);
      assert.not.ok(kinds.includes('error'), code);
      for (const kind of shownBy(code)) {
        assert.is(kinds.filter((one) => one === kind).length, 1, code);
      }
    }
  });
}

/** Kinds of output of which such a cell has one. */
function shownBy(code: string): readonly string[] {
  return [
    ...(/^await showChart/m.test(code) ? ['image/svg+xml'] : []),
    ...(/^await (?:showTable|shares|ask)/m.test(code) ? ['text/markdown'] : []),
  ];
}

function kindsOf(outputs: NonNullable<Cell['outputs']>): readonly string[] {
  return outputs.map(({ output_type: type, data }) =>
    type === 'display_data' ? Object.keys(data!)[0]! : type,
  );
}

executed.run();
