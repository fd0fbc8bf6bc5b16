import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shuffled } from '../../stats/random.ts';
import { type Package, parseIndex, sourcePackageOf } from './index.ts';
import { resolveMinimal } from './resolve.ts';
import { type DatedUpgrade, findUpgrades, inOrder, upgradeStates } from './upgrades.ts';

/** Fields of a package, in one line: `libc6 2 Source:glibc`. */
function index(suite: string, ...lines: readonly string[]): readonly Package[] {
  const stanzas = lines.map((line) => {
    const [name, version, ...fields] = line.split(' ');
    const own = fields.map((field) => field.replace(':', ': ').replaceAll('_', ' '));
    const known = [`Package: ${name}`, `Version: ${version}`, `Filename: pool/${name}.deb`];
    return [...known, 'Size: 1', 'SHA256: 0', ...own].join('\n');
  });
  return parseIndex(stanzas.join('\n\n'), suite);
}

const indexes = [
  index(
    'release',
    'apt 2 Depends:libc6,libapt',
    'libapt 2 Source:apt',
    'libc6 1.9-1 Source:glibc',
    'libc-bin 1.9-1 Source:glibc Essential:yes Depends:libc6',
    'libc-dev 1.9-1 Source:glibc',
    'zone 2026a Essential:yes',
    'new 1',
    'unused 1',
  ),
  index('updates', 'zone 2025b Essential:yes', 'apt 2 Depends:libc6,libapt'),
  index(
    'security',
    'apt 3 Depends:libc6,libapt,new',
    'libapt 3+b1 Source:apt_(3)',
    'libc6 1.10-1 Source:glibc',
    'libc-bin 1.10-1 Source:glibc Essential:yes Depends:libc6',
    'zone 2026b Essential:yes',
    'unused 2',
  ),
];

const resolve = (packages: ReadonlyMap<string, Package>): readonly Package[] =>
  resolveMinimal(packages, ['apt']);

const names = (packages: readonly { name: string; version: string }[]): string =>
  packages.map(({ name, version }) => `${name} ${version}`).join(', ');

test('a package is of the source of its name and version, unless the index says another', () => {
  const [same, named, rebuilt] = index('x', 'a 1', 'b 1 Source:a', 'c 1+b2 Source:a_(1)');
  assert.equal(sourcePackageOf(same!), { source: 'a', version: '1' });
  assert.equal(sourcePackageOf(named!), { source: 'a', version: '1' });
  assert.equal(sourcePackageOf(rebuilt!), { source: 'a', version: '1' });
});

test('every version above the lowest is an upgrade, of sources that the system has', () => {
  assert.equal(
    findUpgrades(indexes, resolve).map(
      ({ source, version, packages }) => `${source} ${version}: ${names(packages)}`,
    ),
    [
      'apt 3: apt 3, libapt 3+b1',
      'glibc 1.10-1: libc6 1.10-1, libc-bin 1.10-1',
      'zone 2026a: zone 2026a',
      'zone 2026b: zone 2026b',
    ],
  );
});

const dated = (dates: Readonly<Record<string, string>>): readonly DatedUpgrade[] =>
  findUpgrades(indexes, resolve).map((upgrade) => ({
    ...upgrade,
    made: new Date(dates[`${upgrade.source} ${upgrade.version}`]!),
  }));

const dates = {
  'zone 2026a': '2026-01-01T00:00:00Z',
  'glibc 1.10-1': '2026-02-01T00:00:00+02:00',
  'zone 2026b': '2026-01-31T23:00:00Z',
  'apt 3': '2026-03-01',
};

const titles = (upgrades: readonly DatedUpgrade[]): readonly string[] =>
  upgrades.map(({ source, version }) => `${source} ${version}`);

test('upgrades are in the order of their dates, whatever order they come in', () => {
  for (let seed = 0; seed < 10; seed++) {
    assert.equal(titles(inOrder(shuffled(dated(dates), seed))), [
      'zone 2026a',
      'glibc 1.10-1',
      'zone 2026b',
      'apt 3',
    ]);
  }
});

test('no version comes before a lower one of its source, and equal dates have an order', () => {
  const odd = { ...dates, 'zone 2026b': '2020-01-01', 'apt 3': dates['zone 2026a'] };
  for (let seed = 0; seed < 10; seed++) {
    assert.equal(titles(inOrder(shuffled(dated(odd), seed))), [
      'apt 3',
      'zone 2026a',
      'zone 2026b',
      'glibc 1.10-1',
    ]);
  }
});

test('each step is one source package, and what it newly needs', () => {
  const { first, steps } = upgradeStates(indexes, inOrder(dated(dates)), resolve);
  assert.is(names(first), 'apt 2, libapt 2, libc-bin 1.9-1, libc6 1.9-1, zone 2025b');
  assert.equal(
    steps.map(({ packages }) => names(packages)),
    ['zone 2026a', 'libc-bin 1.10-1, libc6 1.10-1', 'zone 2026b', 'apt 3, libapt 3+b1, new 1'],
  );
});

test('what nothing needs any more goes, and an upgrade that changes nothing is no step', () => {
  const other = [
    index('release', 'apt 1 Depends:old', 'old 1', 'lone 1'),
    index('security', 'apt 2', 'old 2', 'lone 2'),
  ];
  const upgrades = findUpgrades(other, resolve);
  const at = (order: readonly string[]): readonly string[] => {
    const placed = upgrades.map((upgrade) => ({
      ...upgrade,
      made: new Date(order.indexOf(upgrade.source)),
    }));
    const { steps } = upgradeStates(other, inOrder(placed), resolve);
    return steps.map(({ packages, removed }) => `+${names(packages)} -${removed}`);
  };
  assert.equal(at(['old', 'apt']), ['+old 2 -', '+apt 2 -old']);
  assert.equal(at(['apt', 'old']), ['+apt 2 -old']);
});

test.run();
