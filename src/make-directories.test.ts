import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StorageError } from './errors.ts';
import { makeDirectories } from './make-directories.ts';
import { skip } from './testing/needs.ts';

const test = suite<{ directory: string }>('directories, level by level');

test.before.each((context) => {
  context.directory = realpathSync(mkdtempSync(join(tmpdir(), 'ocibench-make-')));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

function refused(path: string, says: RegExp): void {
  try {
    makeDirectories(path);
  } catch (error) {
    assert.instance(error, StorageError);
    assert.match(String(error), says);
    return;
  }
  assert.unreachable(`${path} was made`);
}

test('what is missing is made, and the uppermost of it named', ({ directory }) => {
  assert.is(makeDirectories(directory), undefined);
  assert.is(makeDirectories(join(directory, 'a', 'b', 'c')), join(directory, 'a'));
  assert.ok(statSync(join(directory, 'a', 'b', 'c')).isDirectory());
  assert.is(makeDirectories(join(directory, 'a', 'b', 'd')), join(directory, 'a', 'b', 'd'));
  assert.is(makeDirectories(join(directory, 'a', '..', 'e')), join(directory, 'e'));
  mkdirSync(join(directory, 'real'));
  symlinkSync('real', join(directory, 'link'));
  assert.is(makeDirectories(join(directory, 'link')), undefined);
  makeDirectories(join(directory, 'link', 'in'));
  assert.ok(existsSync(join(directory, 'real', 'in')));
});

test('what cannot be a directory is told', ({ directory }) => {
  writeFileSync(join(directory, 'file'), '');
  symlinkSync('nowhere', join(directory, 'dangling'));
  symlinkSync('circle', join(directory, 'circle'));
  refused(join(directory, 'file'), /ENOTDIR/);
  refused(join(directory, 'file', 'below', 'it'), /ENOTDIR/);
  refused(join(directory, 'dangling'), /EEXIST/);
  refused(join(directory, 'circle', 'x'), /ELOOP/);
  refused(join(directory, 'x'.repeat(300)), /ENAMETOOLONG/);
});

test('nothing is made below /proc, and the attempt ends', () => {
  if (!existsSync('/proc/self')) return skip('there is no /proc');
  for (const path of ['/proc/a', '/proc/a/b/c', '/proc/self/a']) {
    refused(path, /ENOENT|EACCES|EPERM|EROFS/);
  }
});

test.run();
