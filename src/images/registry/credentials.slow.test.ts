import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../../errors.ts';
import { errorOf } from '../../testing/archives.ts';
import { directorySuite } from '../../testing/directory.ts';
import { lackOf, lackOfTime, unless } from '../../testing/needs.ts';
import { scriptUrl } from '../../workers/pool.ts';
import { findCredentials } from './credentials.ts';

const test = directorySuite('helpers of credentials', lackOf('sh'));

/** A configuration of docker whose helper is this script; without one, a helper that is not installed. */
function configure(directory: string, script?: string): string {
  const docker = join(directory, 'docker');
  mkdirSync(docker, { recursive: true });
  writeFileSync(join(docker, 'config.json'), JSON.stringify({ credsStore: 'made' }));
  const path = join(docker, 'docker-credential-made');
  if (script !== undefined) writeFileSync(path, `#!/bin/sh\n${script}\n`);
  if (script !== undefined) chmodSync(path, 0o755);
  return docker;
}

const ANSWER = `echo '{"Username":"ann","Secret":"secret"}'`;

/** Asks a helper for a registry, with the directory of the helper first on PATH. */
async function asked(
  directory: string,
  script: string,
  registry = 'example.org',
): Promise<unknown> {
  const docker = configure(directory, script);
  const before = process.env['PATH'];
  process.env['PATH'] = `${docker}${delimiter}${before}`;
  try {
    return await findCredentials(registry, docker);
  } finally {
    process.env['PATH'] = before;
  }
}

test('a helper that ends before it has read what it was asked is heard', async ({ directory }) => {
  const found = { user: 'ann', password: 'secret' };
  // More than a pipe holds: who writes it is told that nobody reads any more.
  const long = `${'a'.repeat(1 << 20)}.example.org`;
  assert.equal(await asked(directory, `exec <&-; ${ANSWER}`, long), found);
  assert.equal(await asked(directory, ANSWER), found);
});

const NO_ANSWER = /answers with no JSON of Username and Secret .*credHelpers/;

test('a helper that ends early or fails is an error that says how, whatever it printed', async ({
  directory,
}) => {
  for (const [script, kind, says] of [
    [`${ANSWER}; exit 1`, UnavailableError, /docker-credential-made failed \(exit code 1\)/],
    [`${ANSWER}; kill -9 $$`, UnavailableError, /docker-credential-made failed \(it was ended\)/],
    ['exit 0', UnavailableError, NO_ANSWER],
    [`printf '{"Username":"ann"'`, UnavailableError, NO_ANSWER],
    [`echo '{"Username":"ann"}'`, UnavailableError, NO_ANSWER],
  ] as const) {
    const error = await errorOf(asked(directory, script));
    assert.instance(error, kind, script);
    assert.match(String(error), says, script);
  }
  assert.is(await asked(directory, 'echo credentials not found; exit 1'), undefined);
});

unless(test, lackOfTime())(
  'a helper that is not installed holds up the end of no process',
  ({ directory }) => {
    const docker = configure(directory);
    const module = scriptUrl('./credentials', import.meta.url).href;
    const script = join(directory, 'ask.mjs');
    writeFileSync(
      script,
      `import { findCredentials } from ${JSON.stringify(module)};
       await findCredentials('example.org', ${JSON.stringify(docker)}).catch((error) => console.log(String(error)));`,
    );
    const words = [
      'Deno' in globalThis ? ['run', '--quiet', '-A', '--node-modules-dir=manual'] : [],
      script,
    ].flat();
    // Half of what a helper may take.
    const options = {
      encoding: 'utf8',
      timeout: 30_000,
      env: { ...process.env, PATH: docker },
    } as const;
    const { status, signal, stdout } = spawnSync(process.execPath, words, options);
    assert.equal([status, signal], [0, null]);
    assert.match(stdout, /docker-credential-made cannot be run/);
  },
);

test.run();
