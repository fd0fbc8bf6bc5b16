import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../images/cache.ts';
import { errorOf } from '../../testing/archives.ts';
import { openDataset } from '../mod.ts';
import type { FetchContext } from '../provider.ts';
import { checkMirror } from './mirror-needed.ts';

test('without a mirror the default dataset says in one line what to set; what needs none says nothing', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-mirror-'));
  const before = process.env['DEBIAN_MIRROR'];
  delete process.env['DEBIAN_MIRROR'];
  try {
    const context: FetchContext = {
      cache: new Cache(join(directory, 'cache')),
      baseDirectory: directory,
      fetch: () => Promise.reject(new Error('nothing is fetched')),
      progress() {},
    };
    const dataset = await openDataset(['debian-updates'], {});
    const ids = dataset.images.map(({ id }) => id);
    const error = await errorOf(checkMirror(dataset, ids, context, join(directory, 'apt')));
    assert.match(String(error), /no Debian mirror is known .*DEBIAN_MIRROR=http.*--dataset alpine/);
    assert.not.match(String(error), /\n/);
    const named = { ...context, mirror: 'http://mirror.example/debian' };
    await checkMirror(dataset, ids, named, join(directory, 'apt'));
    const alpine = await openDataset(['alpine'], {});
    const others = alpine.images.map(({ id }) => id);
    await checkMirror(alpine, others, context, join(directory, 'apt'));
    // apt names one.
    mkdirSync(join(directory, 'etc'));
    writeFileSync(join(directory, 'etc', 'sources.list'), 'deb http://m.example/debian x main\n');
    await checkMirror(dataset, ids, context, join(directory, 'etc'));
  } finally {
    if (before !== undefined) process.env['DEBIAN_MIRROR'] = before;
    rmSync(directory, { recursive: true, force: true });
  }
});

test.run();
