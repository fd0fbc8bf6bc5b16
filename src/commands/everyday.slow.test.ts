import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { directorySuite } from '../testing/directory.ts';
import { bench } from '../testing/in-process.ts';
import { has, lackOfTime } from '../testing/needs.ts';

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
  mkdirSync(join(directory, 'explain'));
  assert.equal(await offered(directory, 'bench', 'expla'), ['explain']);
  assert.equal(await offered(directory, 'bench', 'explained'), ['explained image.tar']);
  assert.equal(await offered(directory, 'bench', 'explain', '--cl'), ['--client']);
  assert.equal((await offered(directory, 'bench', 'compare', 'expl')).sort(), [
    'explain',
    'explained image.tar',
  ]);
  assert.equal(await offered(directory, 'bench', 'export', '--client'), []);
  assert.equal(await offered(directory, 'bench', 'run', '--dataset', 'debian-up'), [
    'debian-updates',
  ]);
  assert.equal(await offered(directory, 'bench', 'run', '--model', 'catar-b'), ['catar-blob']);
  assert.equal(await offered(directory, 'bench', 'run', 'chunk-s'), ['chunk-size']);
  assert.equal(await offered(directory, 'bench', 'list', 'link'), ['links']);
  assert.equal(await offered(directory, 'bench', 'plan', 'chunk-s'), ['chunk-size']);
  assert.equal(await offered(directory, 'bench', 'run', '--dataset', '=', 'debian-up'), [
    'debian-updates',
  ]);
  assert.equal(await offered(directory, 'bench', 'run', '--out', 'chunk-s'), []);
  assert.equal(await offered(directory, 'bench', 'dataset', 're'), ['relock']);
  assert.equal(await offered(directory, 'bench', 'dataset', 'fetch', 're'), []);
  assert.equal(await offered(directory, 'bench', '--model', 'catar-b'), ['catar-blob']);
  assert.equal(await offered(directory, 'bench', 'a.tar', 'b.tar', '--model', 'catar-b'), [
    'catar-blob',
  ]);
  assert.equal(await offered(directory, 'bench', 'export', '--format', 'la'), ['latex']);
  assert.equal(await offered(directory, 'bench', 'compare', '--format', 'la'), []);
  assert.equal(await offered(directory, 'bench', '--quiet', 'expla'), ['explain']);
  assert.equal(await offered(directory, 'bench', '--quiet', 'run', '--model', 'catar-b'), [
    'catar-blob',
  ]);
});

for (const [shell, flag] of [
  ['zsh', '-n'],
  ['fish', '--no-execute'],
] as const) {
  test(`what is printed for ${shell} parses`, async ({ directory }) => {
    if (!has(shell)) return;
    const { out } = await bench(directory, ['completion', shell]);
    assert.match(out, /ocibench/);
    const script = join(directory, `completion.${shell}`);
    writeFileSync(script, out);
    const { status, stderr } = spawnSync(shell, [flag, script], { encoding: 'utf8' });
    assert.is(status, 0, stderr);
  });
}

test('what a user has set counts where the command line does not say otherwise', async ({
  directory,
}) => {
  const file = join(directory, 'config', 'ocibench', 'config.json');
  mkdirSync(join(directory, 'config', 'ocibench'), { recursive: true });
  const doctor = (settings: object, ...more: readonly string[]): ReturnType<typeof bench> => {
    writeFileSync(file, JSON.stringify(settings));
    const environment = { XDG_CONFIG_HOME: join(directory, 'config') };
    return bench(directory, ['doctor', ...more], environment);
  };
  // The doctor has no option --workers: that is for other verbs.
  const settings = { cache: 'set', mirror: 'http://set.example/debian', workers: 2 };
  const set = await doctor(settings);
  assert.match(set.out, new RegExp(`${join(directory, 'set')}: .*free`));
  assert.match(set.out, /http:\/\/set\.example\/debian/);
  const given = await doctor(settings, '--cache', 'given');
  assert.match(given.out, new RegExp(`${join(directory, 'given')}: .*free`));
  const wrong = await doctor({ model: 'catar' });
  assert.is(wrong.status, 1);
  assert.match(wrong.err, /config\.json.*model|model.*config\.json/);
  assert.is(wrong.err.trim().split('\n').length, 1);
});

test('--quiet leaves out notes and progress, and keeps errors and data', async ({ directory }) => {
  mkdirSync(join(directory, 'tree', 'usr'), { recursive: true });
  const pack = (...more: readonly string[]): ReturnType<typeof bench> =>
    bench(directory, ['run', 'tree', '--model', 'catar', '--repeat', '0', '--out', 'out', ...more]);
  const loud = await pack('--no-reproducibility');
  assert.is(loud.status, 0, loud.err);
  assert.match(loud.err, /1 image × 1 model/);
  const quiet = await pack('--no-reproducibility', '--quiet');
  assert.equal([quiet.status, quiet.err], [0, '']);
  assert.is(quiet.out, loud.out);
  const wrong = await pack('--quiet', '--model', 'katar');
  assert.match(wrong.err, /did you mean 'catar'/);
});

test.run();
