import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../../errors.ts';
import { shuffled } from '../../stats/random.ts';
import { has } from '../../testing/needs.ts';
import { parseStanzas } from './control.ts';
import { readAr } from './deb.ts';
import { choose, parseIndex } from './index.ts';
import { findMirror } from './mirror.ts';
import {
  changeNamed,
  resolveChange,
  resolveMinimal,
  resolveNamed,
  type System,
  upgradeNamed,
} from './resolve.ts';
import { compareVersions } from './versions.ts';

/** In ascending order. */
const VERSIONS = [
  '1.0~~',
  '1.0~~a',
  '1.0~',
  '1.0',
  '1.0-1~bpo1',
  '1.0-1',
  '1.0-1+deb12u1',
  '1.0-1+deb12u2',
  '1.0-1+deb12u10',
  '1.0-2',
  '1.0a-1',
  '1.0+b1',
  '1.0.1-1',
  '1.2-1',
  '1.10-1',
  '2025b-0+deb12u1',
  '2026a-0',
  '0:2026b',
  '1:0.1',
];

test('versions are in the order of dpkg', () => {
  assert.equal(shuffled(VERSIONS, 4).toSorted(compareVersions), VERSIONS);
  assert.is(compareVersions('1.0', '1.0-'), 0);
  assert.is(compareVersions('1.00', '1.0'), 0);
});

test('dpkg has versions in the same order', () => {
  if (!has('dpkg')) return;
  for (const [index, a] of VERSIONS.slice(0, -1).entries()) {
    const b = VERSIONS[index + 1]!;
    assert.is(spawnSync('dpkg', ['--compare-versions', a, 'lt', b]).status, 0, `${a} < ${b}`);
  }
});

const stanza = (fields: Readonly<Record<string, string>>): string =>
  `${Object.entries({ Version: '1', Filename: 'pool/x.deb', Size: '1', SHA256: '0', ...fields })
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n')}\n\n`;

test('control data is read with its continued lines', () => {
  const [one, two] = [...parseStanzas('A: 1\nB: x\n y\n\n# comment\n\nA: 2\n')];
  assert.equal(
    [...one!],
    [
      ['A', '1'],
      ['B', 'x\ny'],
    ],
  );
  assert.equal([...two!], [['A', '2']]);
});

const index = parseIndex(
  [
    stanza({
      Package: 'base',
      Essential: 'yes',
      'Pre-Depends': 'libc (>= 2) | libc-alt',
      Depends: 'awk, convert | merged',
    }),
    stanza({ Package: 'libc' }),
    stanza({ Package: 'libc', Version: '2' }),
    stanza({ Package: 'gawk', Provides: 'awk' }),
    stanza({ Package: 'mawk', Provides: 'awk', Priority: 'required' }),
    stanza({ Package: 'convert', Depends: 'perl' }),
    stanza({ Package: 'usr-is-merged', Provides: 'merged' }),
    stanza({ Package: 'perl' }),
    stanza({ Package: 'apt', Depends: 'libapt (= 1), gone-virtual' }),
    stanza({ Package: 'libapt' }),
    stanza({ Package: 'provider-b', Provides: 'gone-virtual (= 1)' }),
    stanza({ Package: 'provider-a', Provides: 'gone-virtual' }),
  ].join(''),
  'suite',
);

test('a minimal system is what is essential and what that needs', () => {
  const names = resolveMinimal(choose([index], 'highest'), ['apt']).map(({ name }) => name);
  assert.equal(names, ['apt', 'base', 'libapt', 'libc', 'mawk', 'provider-a', 'usr-is-merged']);
  assert.equal(
    resolveNamed(choose([index], 'highest'), ['perl', 'libc']).map(({ name }) => name),
    ['libc', 'perl'],
  );
  assert.throws(
    () => resolveNamed(choose([index], 'highest'), ['nothing']),
    /no suite has the package nothing/,
  );
});

test('what is upgraded stays in its place, in the version that is highest', () => {
  const lowest = resolveNamed(choose([index], 'lowest'), ['libc', 'perl']);
  const highest = choose([index], 'highest');
  const versions = (names?: readonly string[]) =>
    upgradeNamed(lowest, names, highest).map(({ name, version }) => `${name} ${version}`);
  assert.equal(versions(['libc'])[0], 'libc 2');
  assert.equal(versions(['libc'])[1], versions()[1]);
  assert.not.equal(versions()[0], 'libc 2');
  assert.throws(() => versions(['mawk']), /mawk is to be upgraded, which is not there/);
});

const system = parseIndex(
  [
    stanza({ Package: 'base' }),
    stanza({ Package: 'tool', Depends: 'libtool, shared' }),
    stanza({ Package: 'libtool' }),
    stanza({ Package: 'shared' }),
    stanza({ Package: 'app', Depends: 'shared, base' }),
    stanza({ Package: 'plugin', Depends: 'app' }),
  ].join(''),
  'suite',
);

test('a layer adds what its packages need, and purges what nothing needs any more', () => {
  const all = choose([system], 'highest');
  const names = ({ packages }: System): readonly string[] =>
    packages.map(({ name }) => name).sort();
  const base: System = { packages: [all.get('base')!], wanted: ['base'] };
  const first = resolveChange(all, base, { remove: [], include: ['tool'] });
  assert.equal(names(first), ['base', 'libtool', 'shared', 'tool']);
  const second = resolveChange(all, first, { remove: ['tool'], include: ['app'] });
  assert.equal(names(second), ['app', 'base', 'shared']);
  assert.equal(names(resolveChange(all, second, { remove: ['app'], include: [] })), ['base']);
  const third = resolveChange(all, second, { remove: [], include: ['plugin'] });
  assert.throws(
    () => resolveChange(all, third, { remove: ['app'], include: [] }),
    /plugin needs app, which a layer removes/,
  );
  assert.throws(
    () => resolveChange(all, base, { remove: ['app'], include: [] }),
    /removes app, which is not there/,
  );
});

test('on a base of named packages, named packages alone come and go', () => {
  const all = choose([system], 'highest');
  const base: System = { packages: [all.get('tool')!], wanted: ['tool'] };
  const { packages } = changeNamed(all, base, { remove: ['tool'], include: ['plugin', 'app'] });
  assert.equal(
    packages.map(({ name }) => name),
    ['app', 'plugin'],
  );
});

test('the lowest or the highest version of a package is chosen', () => {
  assert.is(choose([index], 'lowest').get('libc')!.version, '1');
  assert.is(choose([index], 'highest').get('libc')!.version, '2');
});

test('ar archives are read, and refused when damaged', () => {
  const header = (name: string, size: number): string =>
    `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(size).padEnd(10)}\`\n`;
  const text = `!<arch>\n${header('a/', 3)}abc\n${header('b', 2)}de`;
  const bytes = new TextEncoder().encode(text);
  const members = readAr(bytes, {});
  assert.equal([...members.keys()], ['a', 'b']);
  assert.equal(new TextDecoder().decode(members.get('b')), 'de');
  assert.throws(() => readAr(bytes.slice(0, -1), {}), /damaged/);
  assert.throws(() => readAr(new TextEncoder().encode('no'), {}), /no ar archive/);
});

test('the mirror is what was named, else what apt is configured with', () => {
  const apt = mkdtempSync(join(tmpdir(), 'ocibench-apt-'));
  const before = process.env['DEBIAN_MIRROR'];
  delete process.env['DEBIAN_MIRROR'];
  try {
    assert.equal(findMirror('http://mirror.example/debian/', apt), {
      main: 'http://mirror.example/debian',
      security: 'http://mirror.example/debian-security',
    });
    assert.throws(() => findMirror('ftp://x', apt), /is no http URL/);
    assert.throws(
      () => findMirror(undefined, apt),
      (error: Error) => error instanceof UnavailableError,
    );
    mkdirSync(join(apt, 'sources.list.d'));
    writeFileSync(
      join(apt, 'sources.list'),
      'deb [arch=amd64] http://one.example/debian bookworm main\ndeb http://two.example/debian-security/ bookworm-security main\n',
    );
    assert.equal(findMirror(undefined, apt), {
      main: 'http://one.example/debian',
      security: 'http://two.example/debian-security',
    });
    writeFileSync(join(apt, 'sources.list'), '');
    writeFileSync(
      join(apt, 'sources.list.d', 'debian.sources'),
      'Types: deb\nURIs: http://three.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n',
    );
    assert.is(findMirror(undefined, apt).main, 'http://three.example/debian');
    // As third parties have it, as Debian's cloud images have it, and what apt does not read.
    const configured = (files: Readonly<Record<string, string>>): ReturnType<typeof findMirror> => {
      rmSync(join(apt, 'sources.list.d'), { recursive: true });
      mkdirSync(join(apt, 'sources.list.d'));
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(apt, 'sources.list.d', name), text);
      }
      return findMirror(undefined, apt);
    };
    const debian = 'deb http://four.example/debian bookworm main # comment\n';
    assert.equal(
      configured({
        'a.list': 'deb http://a.example/linux/debian bookworm stable\n',
        'b.list': 'deb [ signed-by=/k ] https://b.example/runner/debian/ bookworm main\n',
        'c.list.save': 'deb http://c.example/debian bookworm main\n',
        'd.list': 'deb-src http://d.example/debian bookworm main\n',
        'e.sources':
          'Types: deb-src\nURIs: http://e.example/debian\nSuites: sid\nComponents: main\n',
        'f.sources':
          'Enabled: No\nTypes: deb\nURIs: http://f.example/debian\nSuites: sid\nComponents: main\n',
        'g.list': debian,
        'h.list': 'deb http://security.example/ bookworm-security main contrib\n',
      }),
      { main: 'http://four.example/debian', security: 'http://security.example' },
    );
    const list = join(apt, 'mirrors.list');
    writeFileSync(list, '# first\nhttps://five.example/debian\tpriority:1\n');
    const stanza = `Types: deb deb-src\nURIs: mirror+file://${list}\nSuites: bookworm\nComponents: main\n`;
    assert.is(configured({ 'debian.sources': stanza }).main, 'https://five.example/debian');
    assert.throws(
      () => configured({ 'x.list': 'deb file:/srv/debian sid main\n' }),
      /no Debian mirror/,
    );
    process.env['DEBIAN_MIRROR'] = 'http://env.example/debian';
    assert.is(findMirror(undefined, apt).main, 'http://env.example/debian');
  } finally {
    if (before === undefined) delete process.env['DEBIAN_MIRROR'];
    else process.env['DEBIAN_MIRROR'] = before;
    rmSync(apt, { recursive: true });
  }
});

test.run();
