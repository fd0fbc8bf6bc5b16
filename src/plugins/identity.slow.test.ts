import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { bench as benchHere } from '../testing/in-process.ts';
import { bench, FAST, pluginSuite, prepare } from '../testing/plugin-runs.ts';
import { chunkerText } from '../testing/plugin-text.ts';

const test = pluginSuite('identity of plug-ins');

test('other code is another model and another run', async ({ directory }) => {
  const [whole, half] = ['(bytes, start) => bytes.length - start', '() => 1'];
  prepare(directory, { 'own.js': chunkerText('own', whole) });
  const words = [...FAST, '--plugin', 'own.js', '--model', 'tar|own|zstd|objects|get'];
  assert.is(bench(directory, 'run', ...words).status, 0);
  const pack = ['pack', 'v1.tar', '--model', 'tar|own|zstd|objects|get', '--plugin', 'own.js'];
  assert.is(bench(directory, ...pack, '--out', 'packed').status, 0);
  const unpack = ['unpack', 'packed', '--out'];
  assert.is(bench(directory, ...unpack, 'a.tar', '--plugin', 'own.js').status, 0);
  const planned = (): string =>
    bench(directory, 'plan', '--dataset', 'tiny.json', ...words.slice(-4)).out;
  const before = planned();

  assert.match(
    (await benchHere(directory, [...unpack, 'b.tar'])).err,
    /'own@[0-9a-f]{8}' is of a plug-in that is not loaded/,
  );
  writeFileSync(join(directory, 'own.js'), chunkerText('own', half));
  assert.is.not(planned(), before);
  const again = bench(directory, 'run', ...words);
  assert.is(again.status, 2);
  assert.match(again.err, /holds another run: .*plug-in own\.js@sha256:/s);
  const stale = bench(directory, ...unpack, 'b.tar', '--plugin', 'own.js');
  assert.match(stale.err, /'own@[0-9a-f]{8}' is of other code than own\.js/);
  const extended = bench(directory, 'run', ...words, '--extend');
  assert.match(extended.err, /'own@[0-9a-f]{8}' is of other code than own\.js/);
});

test.run();
