import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import type { Ended } from './command-line.ts';
import { bench } from './in-process.ts';
import { lackOfTime, unless } from './needs.ts';
import { sketchTree } from './trees.ts';

/** A directory of what goes wrong every day, beside what does not, for all tests of a file. */
export function dailySuite(name: string): Test<{ directory: string }> {
  const test = unless(suite<{ directory: string }>(name), lackOfTime());
  test.before(async (context) => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'ocibench-daily-')));
    context.directory = directory;
    mkdirSync(join(directory, 'tmp'));
    mkdirSync(join(directory, 'd'));
    for (const name of ['t1', 't2', 't10']) {
      const tar = readAll(treeToTar(sketchTree({ name: { content: name } })));
      writeFileSync(join(directory, 'd', `${name}.tar`), tar);
    }
    const first = readFileSync(join(directory, 'd', 't1.tar'));
    const file = (name: string, content: Uint8Array | string): void =>
      writeFileSync(join(directory, name), content);
    file('one.tar', first);
    file('README.md', '# no image\n');
    file('empty.tar', '');
    file('zipped.tar.gz', gzipSync(first));
    file('cut.tar.gz', gzipSync(first).subarray(0, 60));
    file('text.gz', gzipSync('no tar, but long enough to be taken for one'.repeat(30)));
    file('cut.tar', first.subarray(0, 700));
    file('other.json', '{"name": "x"}');
    file('broken.json', '{"name": ');
    file('manifest-of-mine', '{"schemaVersion": 1}');
    file('existing.tar', first);
    mkdirSync(join(directory, 'mixed'));
    file('mixed/a.tar', first);
    file('mixed/notes.txt', 'x');
    symlinkSync('circle', join(directory, 'circle'));
    mkdirSync(join(directory, 'full'));
    file('full/x', '');
    mkdirSync(join(directory, 'here.tar'));
    for (const args of [
      'run one.tar --model tar-zstd --repeat 0 --no-reproducibility --out runs/good',
      'pack one.tar --model tar-zstd --out packed',
    ]) {
      const { status, err } = await bench(directory, args.split(' '));
      assert.is(status, 0, err);
    }
    const info = JSON.parse(readFileSync(join(directory, 'runs/good/run.json'), 'utf8'));
    for (const name of ['modelless', 'recordless', 'lost'])
      mkdirSync(join(directory, 'runs', name));
    file('runs/modelless/run.json', JSON.stringify({ ...info, models: [] }));
    copyFileSync(
      join(directory, 'runs/good/records.jsonl'),
      join(directory, 'runs/modelless/records.jsonl'),
    );
    file('runs/recordless/run.json', JSON.stringify(info));
    file('runs/recordless/records.jsonl', '');
    file('runs/lost/run.json', JSON.stringify(info));
  });
  test.after(({ directory }) => rmSync(directory, { recursive: true, force: true }));
  return test;
}

/** One line that names error, fault and hint; never a stack. */
export function checkLine(
  line: string,
  { status, out, err }: Ended,
  wanted: number,
  says: RegExp,
): void {
  assert.match(err, says, line);
  assert.match(
    err,
    /^(Usage|Input|Storage|Unavailable|Verification)Error: [^\n]+ — [^\n]+\n$/,
    line,
  );
  assert.is(status, wanted, `${line}: ${err}`);
  assert.is(out, '', line);
}
