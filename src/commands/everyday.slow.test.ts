import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { directorySuite } from '../testing/directory.ts';
import { bench } from '../testing/in-process.ts';
import { lackOfTime } from '../testing/needs.ts';

const test = directorySuite('command line: doctor and completion', lackOfTime());

test('the doctor says what is there and what each missing program would add', async ({
  directory,
}) => {
  const { status, out } = await bench(directory, ['doctor', '--cache', 'mine'], {
    PATH: '',
    DEBIAN_MIRROR: 'http://user:secret@mirror.example/debian',
    npm_config_registry: 'http://127.0.0.1:1/',
  });
  assert.is(status, 0);
  assert.match(out, /^ {2}xdelta3 +not installed +model xdelta3: install xdelta3$/m);
  assert.match(out, new RegExp(`^ {2}cache +${join(directory, 'mine')}: 0 B, .* free`, 'm'));
  assert.match(out, /^ {2}Debian mirror +http:\/\/mirror\.example\/debian$/m);
  assert.not.match(out, /secret/);
});

test('the doctor says what to set where there is no mirror', async ({ directory }) => {
  const { out } = await bench(directory, ['doctor', '--mirror', 'nonsense']);
  assert.match(out, /^ {2}Debian mirror +none +.*bench run --dataset alpine$/m);
});

/** What the shell would offer. */
async function offered(directory: string, ...words: readonly string[]): Promise<string[]> {
  const { status, out } = await bench(directory, ['completion', 'bash']);
  assert.is(status, 0);
  writeFileSync(join(directory, 'completion.bash'), out);
  const script = `. ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bench; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    cwd: directory,
    encoding: 'utf8',
  });
  assert.is(stderr, '');
  return stdout.split('\n').filter(Boolean);
}

test('bash completes verbs, options of the verb, and files', async ({ directory }) => {
  writeFileSync(join(directory, 'explained image.tar'), '');
  assert.equal(await offered(directory, 'bench', 'expl'), ['explain', 'explained image.tar']);
  assert.equal(await offered(directory, 'bench', 'explain', '--cl'), ['--client']);
  assert.equal(await offered(directory, 'bench', 'compare', 'expl'), ['explained image.tar']);
  assert.equal(await offered(directory, 'bench', 'export', '--client'), []);
});

for (const [shell, flag] of [
  ['zsh', '-n'],
  ['fish', '--no-execute'],
] as const) {
  test(`what is printed for ${shell} parses`, async ({ directory }) => {
    const { out } = await bench(directory, ['completion', shell]);
    assert.match(out, /ocibench/);
    const { status, stderr, error } = spawnSync(shell, [flag], { input: out, encoding: 'utf8' });
    // Where the shell is installed.
    if (!error) assert.is(status, 0, stderr);
  });
}

test.run();
