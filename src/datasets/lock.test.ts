import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { existingLock, lockPath } from './lock.ts';

test('a lock is written beside its manifest; that of an installed package, where the caller is', () => {
  assert.is(lockPath('/a/mine.json'), '/a/mine.lock.json');
  const installed = join('/a', 'node_modules', 'ocibench', 'datasets', 'leap.json');
  assert.is(lockPath(installed), resolve('leap.lock.json'));
  assert.is(existingLock(installed), installed.replace('.json', '.lock.json'));
});

test.run();
