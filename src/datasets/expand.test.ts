import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { newManifest } from './add.ts';
import { allPackages, pinsSchema, type UpgradePins, upgradePinsSchema } from './debian/lock.ts';
import { expandImages } from './expand.ts';
import type { ManifestImage } from './manifest.ts';
import { loadDataset } from './mod.ts';

const series: ManifestImage = {
  id: 'bookworm',
  title: 'bookworm',
  step: 'rebuild',
  source: { type: 'debian-upgrades', ...{ release: 'bookworm', architecture: 'amd64' } },
};
const file: ManifestImage = {
  id: 'file',
  title: 'file',
  source: { type: 'rootfs', ...{ path: 'a.tar' } },
};

const pin = (name: string, version: string) => ({
  name,
  version,
  suite: 'bookworm',
  path: `pool/${name}_${version}.deb`,
  size: 1,
  sha256: '0'.repeat(64),
});

const locked: UpgradePins = {
  date: '2026-01-01',
  packages: [pin('a', '1'), pin('old', '1')],
  upgrades: Array.from({ length: 10 }, (_, index) => ({
    source: 'a',
    version: `${index + 2}`,
    made: '2026-01-01T00:00:00Z',
    packages: [pin('a', `${index + 2}`), ...(index === 0 ? [pin('B', '1')] : [])],
    removed: index === 0 ? ['old'] : [],
  })),
};

const expand = (...images: readonly ManifestImage[]) =>
  expandImages(newManifest('mine', images), new Map([['bookworm', locked]]));

test('a series is its images, in order, each with all its packages', () => {
  const { images, pins } = expand(file, series);
  const ids = images.map(({ id }) => id);
  assert.equal(ids.slice(0, 3), ['file', 'bookworm-00-lowest', 'bookworm-01-a-2']);
  assert.is(ids.at(-1), 'bookworm-10-a-11');
  // Declared is the step to the first of them.
  assert.equal(
    images.map(({ step }) => step),
    [undefined, 'rebuild', ...Array(10)],
  );
  const versions = (id: string) =>
    pinsSchema.parse(pins.get(id)).packages.map(({ name, version }) => `${name} ${version}`);
  assert.equal(versions('bookworm-00-lowest'), ['a 1', 'old 1']);
  assert.equal(versions('bookworm-01-a-2'), ['B 1', 'a 2']);
  assert.equal(versions('bookworm-10-a-11'), ['B 1', 'a 11']);
});

test('a series that is not pinned stays one', () => {
  const { images, pins } = expandImages(newManifest('mine', [file, series]), new Map());
  assert.equal(images, [file, series]);
  assert.is(pins.size, 0);
});

test('two images of one id are refused', () => {
  try {
    expand({ ...file, id: 'bookworm-01-a-2' }, series);
  } catch (error) {
    assert.instance(error, InputError);
    assert.match(String(error), /two images 'bookworm-01-a-2'.*give that of the manifest/);
    return;
  }
  assert.unreachable();
});

test('debian-steps: each image is the one before with one more source package, by date', async () => {
  const { images, pins, locked: lock } = await loadDataset('debian-steps');
  const all = new Map(
    [...pins.values()]
      .flatMap((own) => allPackages(pinsSchema.parse(own)))
      .map(({ sha256, size }) => [sha256, size]),
  );
  assert.ok([...all.values()].reduce((sum, size) => sum + size, 0) <= 350e6);
  assert.equal([...lock.keys()], ['bullseye', 'bookworm', 'trixie']);
  let count = 0;
  for (const [release, own] of lock) {
    const { packages, upgrades } = upgradePinsSchema.parse(own);
    const dates = upgrades.map(({ made }) => made);
    assert.equal(dates, dates.toSorted());
    const versions = new Set(upgrades.map(({ source, version }) => `${source} ${version}`));
    assert.is(versions.size, upgrades.length);
    let before = packages;
    for (const [number, { version, packages: changed }] of upgrades.entries()) {
      const { id } = images.find((one) =>
        one.id.startsWith(
          `${release}-${String(number + 1).padStart(upgrades.length > 9 ? 2 : 1, '0')}-`,
        ),
      )!;
      const after = pinsSchema.parse(pins.get(id)).packages;
      const names = after.map(({ name }) => name);
      assert.equal(names, [...new Set(names)].sort());
      assert.equal(
        after.filter(({ sha256 }) => !before.some((one) => one.sha256 === sha256)),
        changed,
      );
      assert.ok(changed.length > 0, id);
      // An epoch is not in the names of files.
      assert.ok(
        changed.some(({ path }) => path.includes(`_${version.replace(/^\d+:/, '')}`)),
        id,
      );
      before = after;
      count++;
    }
  }
  assert.is(images.length, count + lock.size);
  assert.ok(count >= 20, `${count} upgrades`);
});

/** Source packages that change from one image of debian-updates to the next. */
const CHANGED = [
  ['util-linux'],
  ['glibc', 'systemd', 'tzdata'],
  ['xz-utils'],
  ['pcre2', 'perl'],
  ['apt', 'tzdata'],
  ['libzstd', 'pam'],
];

test('debian-updates: each step within bookworm changes the source packages that its image names', async () => {
  const { images, pins } = await loadDataset('debian-updates');
  const packages = images.map(({ id }) => pinsSchema.parse(pins.get(id)).packages);
  const sizes = new Map(packages.flat().map(({ sha256, size }) => [sha256, size]));
  assert.ok([...sizes.values()].reduce((sum, size) => sum + size, 0) <= 110e6);
  assert.is(images.at(-1)!.id, 'trixie');
  const steps = images.slice(1, -1);
  assert.is(steps.length, CHANGED.length);
  for (const [number, { title }] of steps.entries()) {
    const [before, after] = packages.slice(number, number + 2);
    const changed = after!.filter((one) => !before!.some(({ sha256 }) => sha256 === one.sha256));
    assert.is(after!.length, before!.length);
    // pool/main/g/glibc/…, pool/updates/main/g/glibc/… of the security archive.
    const sources = new Set(changed.map(({ path }) => path.split('/').at(-2)!));
    assert.equal([...sources].sort(), CHANGED[number]);
    for (const source of sources) {
      const { version } = changed.find(({ path }) => path.split('/').at(-2) === source)!;
      assert.ok(title.includes(`${source} ${version.replace(/^\d+:/, '')}`), `${source}: ${title}`);
    }
  }
});

test('alpine-debian: the images of alpine, then those of bookworm as debian-steps has them', async () => {
  const [both, alpine, steps] = await Promise.all(
    ['alpine-debian', 'alpine', 'debian-steps'].map((name) => loadDataset(name)),
  );
  const bookworm = steps!.images.filter(({ id }) => id.startsWith('bookworm-'));
  assert.equal(both!.images, [...alpine!.images, ...bookworm]);
  for (const { id } of bookworm) assert.equal(both!.pins.get(id), steps!.pins.get(id));
  // Beyond that, no client holds an image of the other family.
  assert.ok(both!.images.length <= limits.pairImages);
});

test('app-series: the images of the four applications as their own datasets have them, each series begun', async () => {
  const [all, ...own] = await Promise.all(
    ['app-series', 'app-typescript', 'app-node', 'app-libvips', 'app-next'].map((name) =>
      loadDataset(name),
    ),
  );
  const images = own.flatMap(({ images: some }) => some);
  assert.equal(
    all!.images.map(({ title, source }) => ({ title, source })),
    images.map(({ title, source }) => ({ title, source })),
  );
  const pins = own.flatMap((one) => one.images.map(({ id }) => one.pins.get(id)));
  assert.equal(
    all!.images.map(({ id }) => all!.pins.get(id)),
    pins,
  );
  const firsts = own.slice(1).map((one) => one.images[0]!.title);
  assert.equal(
    all!.images.filter(({ step }) => step === 'start').map(({ title }) => title),
    firsts,
  );
});

test.run();
