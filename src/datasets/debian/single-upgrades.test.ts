import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openImage } from '../../images/open.ts';
import { sha256 } from '../../packers/blobs.ts';
import { mirrorOf, packageOf } from '../../testing/debs.ts';
import { differences } from '../../trees/compare.ts';
import { EVERYTHING } from '../../trees/fidelity.ts';
import type { Pin, Pins } from './lock.ts';
import { type DebianSource, debian } from './provider.ts';
import { singleUpgrades, upgradesBetween } from './single-upgrades.ts';

const test = suite<{ directory: string }>('single upgrades');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-single-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

/** Source package and version of each binary package. */
const BEFORE = {
  libc6: ['glibc', '1'],
  'libc-bin': ['glibc', '1'],
  zone: ['tzdata', '5'],
  gone: ['gone', '1'],
};
const AFTER = {
  libc6: ['glibc', '2'],
  'libc-bin': ['glibc', '2'],
  zone: ['tzdata', '6'],
  own: ['own', '1'],
};
type System = Readonly<Record<string, readonly string[]>>;

const archive = new Map<string, Uint8Array>();

function pinsOf(system: System, date: string): Pins {
  const packages = Object.entries(system).map(([name, [source = '', version = '']]): Pin => {
    const path = `pool/main/x/${source}/${name}_${version}_amd64.deb`;
    const bytes = packageOf(name, { [name]: { content: `${name} ${version}` } });
    archive.set(path, bytes);
    return { name, version, suite: 'bookworm', path, size: bytes.length, sha256: sha256(bytes) };
  });
  return { date, packages };
}

const [before, after] = [pinsOf(BEFORE, '2026-01-02'), pinsOf(AFTER, '2026-03-04')];

const source: DebianSource = {
  type: 'debian',
  release: 'bookworm',
  state: 'release',
  architecture: 'amd64',
  base: 'none',
  include: [],
};

test('binary packages of one source are one upgrade; what came or went is none', () => {
  assert.equal(
    singleUpgrades(before, after).map(({ source: name, from, to, packages }) => [
      name,
      from,
      to,
      packages.map((one) => one.name).join(' '),
    ]),
    [
      ['glibc', '1', '2', 'libc6 libc-bin'],
      ['tzdata', '5', '6', 'zone'],
    ],
  );
  assert.equal(singleUpgrades(after, after), []);
});

test('one upgrade alone is the image that its pins give, of the date of the base', async ({
  directory,
}) => {
  const context = mirrorOf(archive, directory);
  const images = ['a', 'b'].map((id) => ({ id, source }));
  const pins = new Map([
    ['a', before],
    ['b', after],
  ]);
  const [state, ...others] = upgradesBetween({ images, pins }, ['a', 'b']);
  assert.equal([state!.image, others.length], ['a', 0]);
  const upgraded = await state!.tree(state!.upgrades[1]!, context);
  const packages = before.packages.map((one) =>
    one.name === 'zone' ? after.packages.find(({ name }) => name === 'zone')! : one,
  );
  const wanted = openImage(
    await debian.fetch(source, { id: 'c' }, { ...before, packages }, context),
  );
  assert.equal(differences(wanted.tree, upgraded, EVERYTHING, 3), []);
  const base = openImage(await debian.fetch(source, { id: 'a' }, before, context));
  assert.ok(differences(base.tree, upgraded, EVERYTHING, 3).length > 0);
});

test('releases, layers and other providers are no upgrades', () => {
  const images = [
    { id: 'a', source },
    { id: 'b', source: { ...source, release: 'trixie' as const } },
    { id: 'c', source: { type: 'rootfs' } },
  ];
  const layered = { ...before, layers: [{ packages: [], removed: [] }] };
  const pins = new Map<string, unknown>([
    ['a', before],
    ['b', after],
    ['c', after],
  ]);
  assert.equal(upgradesBetween({ images, pins }, ['a', 'b']), []);
  assert.equal(upgradesBetween({ images, pins }, ['a', 'c']), []);
  const same = [images[0]!, { id: 'b', source }];
  assert.is(upgradesBetween({ images: same, pins }, ['a', 'b']).length, 1);
  assert.equal(upgradesBetween({ images: same, pins: pins.set('a', layered) }, ['a', 'b']), []);
});

test.run();
