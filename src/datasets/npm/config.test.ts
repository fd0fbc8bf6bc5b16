import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { InputError, UnavailableError } from '../../errors.ts';
import { directorySuite } from '../../testing/directory.ts';
import { findRegistry, type NpmSurroundings } from './config.ts';

const test = directorySuite('configuration of npm');

interface Configured {
  readonly environment?: Readonly<Record<string, string>>;
  readonly project?: string;
  readonly user?: string;
  readonly npm?: Readonly<Record<string, string>>;
}

/** A project with a folder below it, from where the command is started, and a user. */
function surroundings(
  directory: string,
  { environment = {}, project = '', user = '', npm = {} }: Configured,
): NpmSurroundings {
  const [root, home] = [join(directory, 'project'), join(directory, 'home')];
  mkdirSync(join(root, 'src'), { recursive: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{}');
  writeFileSync(join(root, '.npmrc'), project);
  writeFileSync(join(home, '.npmrc'), user);
  return { environment, directory: join(root, 'src'), home, ask: (key) => npm[key] };
}

test('the environment goes before the project, that before the user, and npm itself comes last', ({
  directory,
}) => {
  const all: Configured = {
    environment: { npm_config_registry: 'https://environment.example/' },
    project: 'registry=https://project.example/npm/\n',
    user: '; comment\nregistry = "https://user.example"\n',
    npm: { registry: 'https://npm.example/' },
  };
  const urlOf = (configured: Configured): string =>
    findRegistry('a', surroundings(directory, configured)).url;
  const { environment: _environment, ...project } = all;
  const { project: _project, ...user } = project;
  const { user: _user, ...npm } = user;
  assert.equal([all, project, user, npm].map(urlOf), [
    'https://environment.example',
    'https://project.example/npm',
    'https://user.example',
    'https://npm.example',
  ]);
  assert.is(
    urlOf({ ...all, environment: { NPM_CONFIG_REGISTRY: 'https://b.example' } }),
    'https://b.example',
  );
});

test('a scope has its own registry, wherever that stands', ({ directory }) => {
  const configured: Configured = {
    environment: { npm_config_registry: 'https://environment.example' },
    user: '@mine:registry=https://mine.example\n',
    npm: { '@npm:registry': 'https://scope.example', registry: 'https://npm.example' },
  };
  const urlOf = (name: string, one: Configured): string =>
    findRegistry(name, surroundings(directory, one)).url;
  assert.is(urlOf('@mine/a', configured), 'https://mine.example');
  assert.is(urlOf('@other/a', configured), 'https://environment.example');
  assert.is(urlOf('@npm/a', { npm: configured.npm! }), 'https://scope.example');
});

test('a token is for the host and the path that it stands under, and for no other', ({
  directory,
}) => {
  const user = [
    'registry=https://a.example/npm/',
    `//a.example/npm/:_authToken=\${TOKEN}`,
    '//b.example:8443/:_auth=dTpw',
    '//c.example/:username=u',
    `//c.example/:_password=${Buffer.from('p').toString('base64')}`,
    '_authToken=of-nobody',
  ].join('\n');
  const environment = { TOKEN: 'secret' };
  const registry = findRegistry('x', surroundings(directory, { environment, user }));
  const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;
  for (const [url, expected] of [
    ['https://a.example/npm/x/-/x-1.0.0.tgz', 'Bearer secret'],
    ['https://a.example/other/x-1.0.0.tgz', undefined],
    ['https://a.example/npmx/x-1.0.0.tgz', undefined],
    ['https://a.example:8443/npm/x-1.0.0.tgz', undefined],
    ['https://a.example.evil.example/npm/x-1.0.0.tgz', undefined],
    ['https://b.example:8443/x-1.0.0.tgz', 'Basic dTpw'],
    ['https://b.example/x-1.0.0.tgz', undefined],
    ['https://c.example/x-1.0.0.tgz', basic],
  ] as const) {
    assert.is(registry.authorization(url), expected, url);
  }
});

test('where nothing is configured, or nonsense, that is told', ({ directory }) => {
  assert.throws(
    () => findRegistry('a', surroundings(directory, {})),
    (error: Error) => error instanceof UnavailableError && /no npm registry/.test(error.message),
  );
  for (const registry of ['registry.example', 'file:///srv/npm', '']) {
    const wrong = surroundings(directory, { project: `registry=${registry}` });
    const type = registry === '' ? UnavailableError : InputError;
    assert.throws(
      () => findRegistry('a', wrong),
      (error: Error) => error instanceof type,
      registry,
    );
  }
});

test.run();
