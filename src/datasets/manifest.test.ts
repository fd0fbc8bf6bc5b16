import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError, UsageError } from '../errors.ts';
import { limits } from '../limits.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { describeImage } from './describe.ts';
import { parseManifest } from './manifest.ts';
import { listDatasets, loadDataset, unpinnedImages } from './mod.ts';
import { schemaPath, schemaText } from './write-schema.ts';

const slow = unless(test, lackOfTime());

const good = `{
  "schemaVersion": 1,
  "id": "mine",
  "version": "1.0.0",
  "title": "Mine",
  "description": "d",
  "why": "w",
  "license": { "manifest": "CC0-1.0", "content": "x" },
  "citeAs": "c",
  "images": [
    { "id": "a", "title": "A", "source": { "type": "rootfs", "path": "a.tar" } },
    { "id": "b", "title": "B", "source": { "type": "debian", "release": "sid", "state": "highest" } }
  ]
}`;

function refuses(text: string, line: number, field: string | undefined, says: RegExp): void {
  try {
    parseManifest(text, 'mine.json');
  } catch (error) {
    assert.instance(error, InputError);
    const { where } = error as InputError;
    assert.match(String(error), says);
    assert.equal([where.file, where.line, where.field], ['mine.json', line, field]);
    return;
  }
  assert.unreachable('the manifest was accepted');
}

test('a manifest is read with its defaults', () => {
  const { images } = parseManifest(good, 'mine.json');
  assert.equal(images[1]!.source, {
    type: 'debian',
    release: 'sid',
    state: 'highest',
    architecture: 'amd64',
    base: 'minimal',
    include: [],
  });
});

test('70 what is wrong is named by file, line and field', () => {
  refuses(good.replace('"why": "w",', ''), 1, 'why', /why is missing \(/);
  const without = good.replace('"why": "w",', '').replace('"citeAs": "c",', '');
  refuses(without, 1, 'why', /why is missing, and so is citeAs \(/);
  refuses(good.replace('"title": "B"', '"title": 7'), 12, 'images.1.title', /expected string/i);
  refuses(good.replace('"citeAs"', '"citeas"'), 1, 'citeAs', /citeAs is missing \(/);
  refuses(good.replace('"why": "w",', '"why": "w", "wy": 1,'), 7, 'wy', /unrecognized/i);
  refuses(good.replace('"id": "b"', '"id": "a"'), 12, 'images.1.id', /twice/);
  refuses(good.replace('"sid"', '"buster"'), 12, 'images.1.source.release', /invalid option/i);
  refuses(
    good.replace('"type": "debian"', '"type": "rpm"'),
    12,
    'images.1.source.type',
    /invalid/i,
  );
  refuses(good.replace(/"images": \[[\s\S]*\]/, '"images": []'), 10, 'images', />=1/);
  refuses(good.replace('"mine"', '"../x"'), 3, 'id', /lower-case/);
});

test('46, 70 what is no strict JSON is refused', () => {
  refuses(good.replace('"c",', '"c",,'), 9, undefined, /not JSON/);
  refuses(good.replace('"a.tar" } },', '"a.tar" } }'), 12, undefined, /not JSON/);
  refuses(good.replace('}\n  ]', '},\n  ]'), 13, undefined, /not JSON/);
  refuses(`\ufeff${good}`, 1, undefined, /byte order mark/);
  refuses(good.replace('"why": "w"', '"title": "again", "why": "w"'), 7, 'title', /twice/);
  refuses('', 1, undefined, /not JSON/);
  refuses(good.replace('"why"', '"__proto__": {}, "why"'), 7, '__proto__', /unrecognized/i);
  refuses('['.repeat(1e6), 1, undefined, /nested more than 100 deep/);
  refuses(good.replace('"w"', '"\\ud800"'), 7, undefined, /half a surrogate pair/);
});

slow('70 a dataset has as many images as the limit, and not one more', () => {
  const [before, after] = good.split(/"images": \[[\s\S]*\]/);
  const many = (count: number): string => {
    const images = Array.from(
      { length: count },
      (_, n) => `{"id":"i${n}","title":"t","source":{"type":"rootfs","path":"a.tar"}}`,
    );
    return `${before}"images": [${images.join(',\n')}]${after}`;
  };
  assert.is(parseManifest(many(limits.images), 'mine.json').images.length, limits.images);
  refuses(many(limits.images + 1), 10, 'images', /<=100000/);
});

test('the published schema is current', () => {
  assert.is(readFileSync(schemaPath, 'utf8'), schemaText(), 'run `npm run schemas`');
});

test('every shipped dataset is pinned in full, or says that its tags are not', async () => {
  for (const { id } of await listDatasets()) {
    const dataset = await loadDataset(id);
    assert.match(dataset.digest, /^sha256:[0-9a-f]{64}$/);
    const isPinned = unpinnedImages(dataset).length === 0;
    const isRegistry = dataset.images.every(({ source }) => source.type === 'registry');
    assert.ok(dataset.manifest.expectedSize, id);
    assert.ok(dataset.manifest.citeAs.includes(`${id} ${dataset.manifest.version}`), id);
    if (!isPinned) assert.match(dataset.description, /tags? (is|are) not pinned here/, id);
    assert.ok(isPinned || isRegistry, id);
  }
});

test('70 what is wrong in a lock is named by file, line and field', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-lock-'));
  try {
    const path = join(directory, 'mine.json');
    const lock = join(directory, 'mine.lock.json');
    writeFileSync(path, good);
    writeFileSync(join(directory, 'a.tar'), '');
    const unpinned = await loadDataset(path);
    assert.not.ok(unpinned.pins.has('b'));
    assert.match(describeImage(unpinned, unpinned.images[1]!), /\(debian\): not pinned yet/);
    for (const [text, line, field] of [
      ['{}', 1, 'schemaVersion'],
      ['{\n"schemaVersion": 1,\n"images": 3 }', 3, 'images'],
      ['{ "schemaVersion": 1, "images": {\n"b": {\n"date": "today" } } }', 3, 'images.b.date'],
      [
        '{ "schemaVersion": 1, "images": { "b": { "date": "2026-01-02", "packages": [\n{ "name": 1 }] } } }',
        2,
        'images.b.packages.0.name',
      ],
    ] as const) {
      writeFileSync(lock, text);
      const error = await loadDataset(path).catch((caught: unknown) => caught);
      assert.instance(error, InputError);
      const { where } = error as InputError;
      assert.equal([where.file, where.line, where.field], [lock, line, field]);
      assert.match(String(error), /relock/);
    }
    const pins = { date: '2026-01-02', packages: [] };
    writeFileSync(lock, JSON.stringify({ schemaVersion: 1, images: { b: pins, gone: 1 } }));
    assert.equal([...(await loadDataset(path)).pins], [['b', pins]]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a declared step is part of what a dataset is; there is none to the first image', async () => {
  const declared = (kind: string, title = '"title": "B"'): string =>
    good.replace(title, `${title}, "step": "${kind}"`);
  assert.is(parseManifest(declared('rebuild'), 'mine.json').images[1]!.step, 'rebuild');
  assert.is(parseManifest(good, 'mine.json').images[1]!.step, undefined);
  // What content decides is not declared.
  refuses(declared('edits'), 12, 'images.1.step', /edit.*rebuild/);
  for (const told of ['update', 'upgrade', 'release']) {
    refuses(declared(told), 12, 'images.1.step', /told from the contents .*: leave 'step' out/);
  }
  refuses(declared('edit', '"title": "A"'), 11, 'images.0.step', /no step to the first image/);
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-step-'));
  try {
    writeFileSync(join(directory, 'a.tar'), '');
    const path = join(directory, 'mine.json');
    const digests = new Set<string>();
    for (const text of [good, declared('edit'), declared('rebuild')]) {
      writeFileSync(path, text);
      digests.add((await loadDataset(path)).digest);
    }
    assert.is(digests.size, 3);
    const dataset = await loadDataset(path);
    const text = describeImage(dataset, dataset.images[1]!);
    assert.match(text, '(debian, rebuild of the one before)');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('71 an unknown dataset suggests the nearest', async () => {
  const error = await loadDataset('debian-serie').catch((caught: unknown) => caught);
  assert.instance(error, UsageError);
  assert.match(String(error), /did you mean 'debian-series'/);
});

test.run();
