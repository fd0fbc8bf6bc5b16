import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StorageError } from '../errors.ts';
import { limits } from '../limits.ts';
import { skip } from '../testing/needs.ts';
import { stateOf } from './file-state.ts';
import { checkedOnce, FileSource, readAll } from './source.ts';

const test = suite<{ directory: string }>('files as sources');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-source-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

test('no more files stay open than may, and all can be read again', ({ directory }) => {
  if (process.platform !== 'linux') return skip('needs /proc');
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  const sources = Array.from({ length: limits.openFiles + 1 }, (_, index) => {
    writeFileSync(join(directory, `${index}`), `${index}`);
    return new FileSource(join(directory, `${index}`));
  });
  const counts = sources.map((source, index) => {
    assert.is(new TextDecoder().decode(readAll(source)), `${index}`);
    return open() - before;
  });
  const { openFiles: most } = limits;
  assert.equal(counts.slice(-3), [most - 1, most, most]);
  assert.is(new TextDecoder().decode(readAll(sources[0]!)), '0', 'it was closed in between');
  for (const source of sources) source.close();
  assert.is(open(), before);
});

test('what is no regular file is refused', ({ directory }) => {
  for (const [path, says] of [
    [directory, /it is a directory .*— name a file/],
    ['/dev/null', /it is no regular file/],
  ] as const) {
    try {
      new FileSource(path);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, StorageError);
      assert.match(String(error), says);
    }
  }
});

test('what was read together from a file that changed does not get out', ({ directory }) => {
  const path = join(directory, 'file');
  writeFileSync(path, 'one');
  utimesSync(path, 1, 1);
  const source = new FileSource(path, stateOf(statSync(path)));
  const read = (): string => new TextDecoder().decode(readAll(source));
  assert.is(
    checkedOnce(() => read() + checkedOnce(read)),
    'oneone',
  );
  const change = (): string => {
    const before = read();
    writeFileSync(path, 'two');
    return before + read();
  };
  assert.throws(() => checkedOnce(change), /changed while it was read/);
  // Nor does an error that may come of the change.
  const fail = (): void => {
    read();
    throw new Error('odd bytes');
  };
  assert.throws(() => checkedOnce(fail), /changed while it was read/);
  assert.throws(read, /changed while it was read/);
  source.close();
});

test.run();
