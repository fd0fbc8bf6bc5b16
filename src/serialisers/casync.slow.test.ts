import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCodec } from '../codecs/mod.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { has } from '../testing/needs.ts';
import { applyLayers } from '../trees/layers.ts';
import { readIndex, writeIndex } from './caidx.ts';
import { catarToTree } from './catar-reader.ts';
import { treeToCatar } from './catar-writer.ts';

/** Held against casync itself, from the distribution. */
const FLAGS = [
  '--digest=sha256',
  '--exclude-nodump=no',
  '--exclude-file=no',
  ...[
    '32bit-uids',
    'nsec-time',
    'permissions',
    'symlinks',
    'device-nodes',
    'fifos',
    'xattrs',
    'fcaps',
  ].map((feature) => `--with=${feature}`),
];

function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'latin1' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function withDirectory(work: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-casync-'));
  try {
    work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A tree on disk with what a user may make: owners and devices need root. */
function build(directory: string): void {
  const isRoot = process.getuid?.() === 0;
  run(
    'bash',
    [
      '-ec',
      `mkdir -p t/bin t/empty t/many t/deep/er/est
       for i in $(seq 41); do echo "content $i" >t/many/file$i; done
       for n in 1 2 3 4 5 6 7 8 9; do mkdir t/d$n; for i in $(seq $n); do touch t/d$n/$i; done; done
       printf hello >t/bin/su; chmod 4755 t/bin/su; ln -s su t/bin/link; : >t/none; mkfifo t/fifo
       head -c 300000 /dev/urandom >t/deep/er/est/random; chmod 1777 t/empty
       touch -d '2001-02-03 04:05:06.789012345' t/bin/su
       ${isRoot ? 'mknod t/null c 1 3; mknod t/disk b 8 17; chown 70000:80000 t/none' : ''}
       cp t/many/file1 t/capped; ${isRoot ? 'setcap cap_net_raw+ep t/capped || echo no file capabilities here' : ''}
       setfattr -n user.zeta -v 0x00ff3d0a t/none && setfattr -n user.alpha t/none || echo no xattrs here`,
    ],
    directory,
  );
}

test('our catar is the bytes of casync make', () => {
  if (!has('casync', 'tar', 'bash')) return;
  withDirectory((directory) => {
    build(directory);
    run('casync', ['make', ...FLAGS, 'theirs.catar', 't'], directory);
    run(
      'tar',
      ['--format=pax', '--xattrs', '--xattrs-include=*', '-cf', 't.tar', '-C', 't', '.'],
      directory,
    );
    const tree = applyLayers([new MemorySource(readFileSync(join(directory, 't.tar')))]);
    const theirs = readFileSync(join(directory, 'theirs.catar'));
    const ours = readAll(treeToCatar(tree));
    assert.is(Buffer.compare(ours, theirs), 0);
    assert.is(
      Buffer.compare(readAll(treeToCatar(catarToTree(new MemorySource(theirs)))), theirs),
      0,
    );
  });
});

test('we read the index that casync writes, and write it as casync does', () => {
  if (!has('casync', 'tar', 'bash')) return;
  withDirectory((directory) => {
    build(directory);
    const args = [
      'make',
      ...FLAGS,
      '--store=store',
      '--chunk-size=2048:8192:32768',
      'theirs.caidx',
      't',
    ];
    run('casync', args, directory);
    const theirs = new Uint8Array(readFileSync(join(directory, 'theirs.caidx')));
    const { chunks } = readIndex(theirs);
    assert.ok(chunks.length > 5);
    const ours = writeIndex({ minimum: 2048, average: 8192, maximum: 32768, chunks });
    assert.equal(ours, theirs);
    const names = chunks.map(({ digest }) => `${Buffer.from(digest).toString('hex')}.cacnk`);
    const stored = readdirSync(join(directory, 'store'), { recursive: true, encoding: 'utf8' });
    for (const name of names)
      assert.ok(
        stored.some((path) => path.endsWith(name)),
        name,
      );
  });
});

test('casync extracts our catar to the tree it came from', () => {
  if (!has('casync', 'tar', 'bash')) return;
  withDirectory((directory) => {
    build(directory);
    run('tar', ['--format=pax', '-cf', 't.tar', '-C', 't', '.'], directory);
    const tree = applyLayers([new MemorySource(readFileSync(join(directory, 't.tar')))]);
    writeFileSync(join(directory, 'ours.catar'), readAll(treeToCatar(tree)));
    mkdirSync(join(directory, 'back'));
    run('casync', ['extract', '--seed-output=no', 'ours.catar', 'back'], directory);
    const list = (folder: string): string => run('casync', ['mtree', folder], directory);
    assert.is(list('back'), list('t'));
  });
});

test('casync extracts from our index and our chunk store', async () => {
  if (!has('casync', 'tar', 'bash')) return;
  const zstd = await createCodec('zstd');
  withDirectory((directory) => {
    build(directory);
    run('tar', ['--format=pax', '-cf', 't.tar', '-C', 't', '.'], directory);
    const tree = applyLayers([new MemorySource(readFileSync(join(directory, 't.tar')))]);
    const stream = readAll(treeToCatar(tree));
    const chunks: { readonly digest: Uint8Array; readonly length: number }[] = [];
    const average = 16 << 10;
    for (let offset = 0; offset < stream.length; offset += average) {
      const chunk = stream.subarray(offset, offset + average);
      const digest = createHash('sha256').update(chunk).digest();
      const name = digest.toString('hex');
      mkdirSync(join(directory, 'store', name.slice(0, 4)), { recursive: true });
      writeFileSync(
        join(directory, 'store', name.slice(0, 4), `${name}.cacnk`),
        zstd.compress(chunk),
      );
      chunks.push({ digest, length: chunk.length });
    }
    assert.ok(chunks.length > 10);
    writeFileSync(
      join(directory, 'ours.caidx'),
      writeIndex({ minimum: average / 4, average, maximum: average * 4, chunks }),
    );
    mkdirSync(join(directory, 'back'));
    const args = ['extract', '--seed-output=no', '--store=store', 'ours.caidx', 'back'];
    run('casync', args, directory);
    const list = (folder: string): string => run('casync', ['mtree', folder], directory);
    assert.is(list('back'), list('t'));
  });
});

test.run();
