import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { StorageError, UsageError } from './errors.ts';
import { checkNewDirectory, checkNewFile, checkShared, checkWritable } from './targets.ts';
import { directorySuite } from './testing/directory.ts';
import { skip } from './testing/needs.ts';

const test = directorySuite('where commands write');

function refused(type: typeof UsageError | typeof StorageError, work: () => void, says: string) {
  try {
    work();
  } catch (error) {
    assert.instance(error, type);
    assert.match(String(error), says);
    return;
  }
  assert.unreachable(`${says} was accepted`);
}

test('a place that can be written is left as it was', ({ directory }) => {
  checkWritable(directory);
  checkWritable(join(directory, 'not', 'yet'));
  checkNewDirectory(join(directory, 'new'));
  checkNewFile(join(directory, 'new.json'));
  assert.equal(readdirSync(directory), []);
});

test('what can hold no file is found before the work', ({ directory }) => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  refused(StorageError, () => checkWritable(file), 'is no directory');
  refused(StorageError, () => checkWritable(join(file, 'below')), 'ENOTDIR');
  if (!existsSync('/proc/self')) return skip('no /proc is here');
  for (const work of [
    () => checkWritable('/proc'),
    () => checkWritable('/proc/ocibench'),
    () => checkNewDirectory('/proc/ocibench'),
    () => checkNewFile('/proc/ocibench'),
  ]) {
    refused(StorageError, work, 'cannot write /proc');
  }
});

test('a file of the same name that somebody else wrote is refused, and stays', ({ directory }) => {
  const path = join(directory, 'README.md');
  const check = (): void => checkShared(directory, [{ path, sign: /^# Ours\n/ }]);
  check();
  writeFileSync(path, '# Ours\n\nmore');
  check();
  for (const text of ['# Theirs\n', '', 'x'.repeat(10_000)]) {
    writeFileSync(path, text);
    refused(UsageError, check, `${path} is there already`);
    refused(UsageError, check, 'another directory, or move the file');
    assert.is(readFileSync(path, 'utf8'), text);
  }
});

test('a directory of that name, or a link that leads nowhere, is none of ours', ({ directory }) => {
  const [folder, link] = [join(directory, 'folder'), join(directory, 'link')];
  mkdirSync(folder);
  symlinkSync('nowhere', link);
  for (const path of [folder, link]) {
    refused(UsageError, () => checkShared(directory, [{ path, sign: /^/ }]), path);
  }
});

test.run();
