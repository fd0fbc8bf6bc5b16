import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test as base } from 'uvu';
import * as assert from 'uvu/assert';
import { PluginError, StorageError } from '../../errors.ts';
import { inScratch } from '../../scratch.ts';
import { lackOf, unless } from '../../testing/needs.ts';
import { runTool } from './tool.ts';

const test = unless(base, lackOf('sh', 'head'));

const errorOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

/** What a shell script as a tool comes to. */
const run = (script: string): Promise<unknown> =>
  inScratch((directory) => errorOf(runTool(directory, ['sh', '-c', script])));

test('5 a program that cannot write is a failure of the disk, whatever tells it', async () => {
  const cases: readonly (readonly [script: string, code: RegExp])[] = [
    ['ulimit -f 1; head -c 100000 /dev/zero > large', /EFBIG/],
    ["trap '' XFSZ; ulimit -f 1; head -c 100000 /dev/zero > large", /EFBIG/],
    ['ulimit -f 1; exec head -c 100000 /dev/zero > large', /EFBIG/],
    ['head -c 100000 /dev/zero > /dev/full', /ENOSPC/],
    ['echo "mkfs: Disk quota exceeded" >&2; exit 3', /EDQUOT/],
  ];
  for (const [script, code] of cases) {
    const error = await run(script);
    assert.instance(error, StorageError, script);
    assert.match((error as StorageError).message, code, script);
    assert.match((error as StorageError).message, 'what sh makes in ');
  }
});

test('5 times that could not be written are no times', async () => {
  const error = await inScratch((directory) => {
    mkdirSync(join(directory, '.times'));
    return errorOf(runTool(directory, ['true']));
  });
  assert.instance(error, StorageError);
  assert.match(String(error), '.times');
});

test('a program that fails for another reason says its own', async () => {
  const error = await run('echo bad input >&2; exit 4');
  assert.instance(error, PluginError);
  assert.match((error as PluginError).message, 'sh failed (4): bad input');
  assert.type(await run('exit 0'), 'number');
});

test.run();
