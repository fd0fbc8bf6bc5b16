import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inline } from '../../objects/executor.ts';
import type { Store } from '../../packers/packer.ts';
import { memoryStore } from '../../packers/store.ts';
import type { ResultRecord } from '../../results/record.ts';
import { type ByteSource, MemorySource, readAll } from '../../streams/source.ts';
import { imageIn } from '../../testing/images.ts';
import {
  has,
  hasAll,
  type Lack,
  lackOf,
  lackOfRoot,
  lackOfTime,
  unless,
} from '../../testing/needs.ts';
import { richTree, sketchTree } from '../../testing/trees.ts';
import { differences } from '../../trees/compare.ts';
import { disorder } from '../../trees/disorder.ts';
import { applyLayers } from '../../trees/layers.ts';
import type { Tree } from '../../trees/tree.ts';
import { scriptUrl } from '../../workers/pool.ts';
import { measure } from '../cell.ts';
import { createModel } from '../mod.ts';
import { requireTools, type Tool, versionOf } from './tool.ts';

const test = suite<{ directory: string }>('external models');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-external-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

/** Everything a format may lose, but for capabilities that no kernel takes. */
function tree(): Tree {
  const { entries, sources } = richTree();
  const xattrs = new Map([['user.a', Uint8Array.of(1, 0, 255)]]);
  const kept = entries.map(({ path, inode }) => ({
    path,
    inode: inode.xattrs.size > 0 ? { ...inode, xattrs } : inode,
  }));
  return { sources, entries: kept };
}

/** As {@link tree}, for formats without times before 1970. */
function recent(): Tree {
  const { entries, sources } = tree();
  return { sources, entries: entries.filter(({ inode }) => inode.mtime >= 0n) };
}

const MODELS: readonly (readonly [id: string, tree: () => Tree])[] = [
  ['tar-split', tree],
  ['recut:of=tar,avg=4KiB', tree],
  ['recut:of=gzip-rsyncable,avg=4KiB', tree],
  ['recut:of=zstd-rsyncable,avg=4KiB', tree],
  ['recut:of=squashfs,avg=4KiB', recent],
  ['squashfs', recent],
  ['squashfs:block=4KiB,codec=zstd', recent],
  ['erofs', recent],
  ['erofs:codec=none', recent],
  ['erofs:codec=lz4,cluster=4KiB', recent],
];

function lackOfModel(id: string): Lack | undefined {
  const needed = {
    'tar-split': 'tar-split',
    squashfs: 'tar2sqfs',
    erofs: 'mkfs.erofs',
    zstd: 'zstd',
  };
  const programs = Object.entries(needed).flatMap(([part, program]) =>
    id.includes(part) ? program : [],
  );
  return (id.startsWith('erofs') ? lackOfRoot() : undefined) ?? lackOf(...programs);
}

/** Digest of the rich image by each model, and when it was packed: milliseconds. */
const packed = new Map<string, { readonly digest: string; readonly at: number }>();

for (const [id, make] of MODELS) {
  test(`${id} restores images`, async ({ directory }) => {
    if (!hasAll(lackOfModel(id))) return;
    const model = await createModel(id);
    await measure(imageIn(directory, 'empty', sketchTree({})), model);
    const { digest } = await measure(imageIn(directory, 'rich', make()), model);
    packed.set(id, { digest, at: performance.now() });
  });

  test(`${id} does not read what a store altered`, async ({ directory }) => {
    if (!hasAll(lackOfModel(id))) return;
    const model = await createModel(id);
    const packed = await model.pack(imageIn(directory, 'rich', make()), inline);
    const store = memoryStore(packed);
    const spoil = (source: ByteSource): ByteSource => {
      const copy = readAll(source);
      copy[copy.length >> 1]! ^= 0xff;
      return new MemorySource(copy);
    };
    const bad: Store = { ...store, blob: (digest) => spoil(store.blob(digest)) };
    let name = '';
    await model.unpack(packed.manifest, bad, inline).catch((error: Error) => {
      name = error.name;
    });
    assert.is(name, 'VerificationError');
  });
}

for (const [id, make] of MODELS) {
  test(`${id} packs equal trees to equal bytes a second later`, async ({ directory }) => {
    if (!hasAll(lackOfModel(id))) return;
    const { digest, at } = packed.get(id)!;
    const left = at + 1100 - performance.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    const image = imageIn(directory, 'rich', make());
    const other = { ...image, tree: disorder(image.tree, 3) };
    assert.is((await measure(other, await createModel(id))).digest, digest);
  });
}

for (const id of ['squashfs', 'erofs']) {
  test(`${id} keeps an image whose symlinks have modes, as Python's tarfile writes them`, async ({
    directory,
  }) => {
    if (!hasAll(lackOfModel(id))) return;
    const links = sketchTree({ link: { type: 'symlink', target: 'a', mode: 0o644 } });
    const model = await createModel(id);
    assert.is((await measure(imageIn(directory, 'links', links), model)).model, model.id);
  });
}

for (const id of ['squashfs', 'erofs']) {
  test(`${id} refuses times that it cannot keep`, async ({ directory }) => {
    if (!hasAll(lackOfModel(id))) return;
    const model = await createModel(id);
    let message = '';
    await model.pack(imageIn(directory, 'old', tree()), inline).catch((error: Error) => {
      message = String(error);
    });
    assert.match(message, /^InputError: .* no times before 1970 .*entry old/);
  });
}

test('squashfs-tools, another program, extracts the squashfs image to an equal tree', async ({
  directory,
}) => {
  if (!hasAll(lackOf('unsquashfs', 'tar2sqfs', 'tar'), lackOfRoot())) return;
  const model = await createModel('squashfs');
  const image = imageIn(directory, 'rich', recent());
  const packed = await model.pack(image, inline);
  writeFileSync(join(directory, 'image'), readAll(packed.output.layers[0]!.bytes));
  const script =
    'unsquashfs -no-progress -quiet -d out image && tar --format=posix --sort=name --numeric-owner --xattrs -C out -cf out.tar .';
  const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: directory });
  assert.is(status, 0, String(stderr));
  const restored = applyLayers([new MemorySource(readFileSync(join(directory, 'out.tar')))]);
  const found = differences(image.tree, restored, { ...model.fidelity, xattrs: false });
  assert.equal(found.map(String), []);
});

const absent: Tool = {
  name: 'no-such-program',
  package: 'no-such-package',
  probe: ['no-such-program'],
};
const shell: Tool = {
  name: 'shell',
  package: 'dash',
  probe: ['sh', '-c', 'echo shell 1.10.2'],
  version: /shell (\S+)/,
};

test('a missing or old program is named with the command that installs it', () => {
  if (!has('sh')) return;
  const complaint = (tool: Tool): string => {
    try {
      requireTools([tool]);
      return '';
    } catch (error) {
      return String(error);
    }
  };
  assert.is(
    complaint(absent),
    'SkippedError: no-such-program is not installed — apt-get install no-such-package',
  );
  assert.is(versionOf(shell), '1.10.2');
  for (const minimum of ['1.9', '1.10', '1.10.2']) assert.is(complaint({ ...shell, minimum }), '');
  for (const minimum of ['1.10.3', '1.11', '2']) {
    assert.match(
      complaint({ ...shell, minimum }),
      new RegExp(`^SkippedError: shell 1.10.2 is older than ${minimum} — apt-get install dash`),
    );
  }
});

unless(test, lackOfTime())(
  'without its programs a model is a skipped row of the run, which ends well',
  ({ directory }) => {
    const script = fileURLToPath(scriptUrl('../../cli', import.meta.url));
    const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A', script] : [script];
    const dataset = join(directory, 'rootfs');
    mkdirSync(join(dataset, 'etc'), { recursive: true });
    writeFileSync(join(dataset, 'etc', 'hostname'), 'a');
    const models = ['tar-zstd', 'squashfs', 'bsdiff'].flatMap((id) => ['--model', id]);
    const options = ['--repeat', '1', '--workers', '1', '--out', join(directory, 'out')];
    const { status, stderr } = spawnSync(
      process.execPath,
      [...runtime, 'run', '--dataset', dataset, ...models, ...options],
      { cwd: directory, env: { XDG_CACHE_HOME: join(directory, 'cache'), PATH: directory } },
    );
    assert.is(status, 0, String(stderr));
    const lines = readFileSync(join(directory, 'out', 'records.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const records = lines.map((line) => JSON.parse(line) as ResultRecord);
    const skipped = records.flatMap((record) => ('skipped' in record ? [record] : []));
    const cells = skipped.filter(({ measure: name }) => name === '*');
    assert.equal(
      cells.map(({ skipped: why }) => why.replace(/ \(.*\)/, '')),
      [
        'SkippedError: tar2sqfs is not installed — apt-get install squashfs-tools-ng',
        'SkippedError: bsdiff is not installed — apt-get install bsdiff',
      ],
    );
    assert.ok(records.some((record) => 'value' in record && record.model.startsWith('tar|')));
    assert.not(records.some((record) => 'error' in record));
  },
);

test('no working directory is left behind', async ({ directory }) => {
  if (!has('tar-split')) return;
  const before = process.env['TMPDIR'];
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary);
  process.env['TMPDIR'] = temporary;
  try {
    await measure(imageIn(directory, 'rich', tree()), await createModel('tar-split'));
    assert.equal(readdirSync(temporary), []);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test.run();
