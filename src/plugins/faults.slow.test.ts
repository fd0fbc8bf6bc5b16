import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import {
  bench,
  FAST,
  type Outcome,
  pluginSuite,
  prepare,
  read,
  recordsOf,
} from '../testing/plugin-runs.ts';
import { chunkerText, measureText } from '../testing/plugin-text.ts';

const test = pluginSuite('faults of plug-ins');

test('what a plug-in cannot make is told before anything is packed', ({ directory }) => {
  const vague = `export default { serialisers: [{ name: 'vague', title: 't', source: 's', parameters: [],
    streams: 'archives', create: () => ({ fidelity: {} }) }] };`;
  prepare(directory, { 'vague.js': vague });
  const words = [...FAST, '--plugin', 'vague.js', '--model', 'vague|whole|none|objects|get'];
  const run = bench(directory, 'run', ...words);
  assert.is(run.status, 1);
  assert.match(run.err, /PluginError: serialiser 'vague@[0-9a-f]{8}' cannot be made: its fidelity/);
  assert.match(run.err, /file vague\.js/);
  assert.not.ok(existsSync(join(directory, 'out')));
});

test('an experiment without a verdict that can be kept is named', ({ directory }) => {
  const text = (
    name: string,
    verdict: string,
  ): string => `export default { experiments: [{ name: '${name}',
    title: 't', claims: 'c', packed: ['tar-zstd'], swept: [], isOfAnyStep: true, verdict: ${verdict} }] };`;
  prepare(directory, {
    'mute.js': text('mute', '() => { throw new Error("no words"); }'),
    'loose.js': text('loose', '() => [{ text: "so it is" }]'),
    'lost.js': text('lost', '({ number }) => [number("v9", "m", "stored.bytes")]'),
  });
  const ask = (name: string): Outcome =>
    bench(
      directory,
      'run',
      name,
      '--dataset',
      'tiny.json',
      '--out',
      name,
      '--plugin',
      `${name}.js`,
    );
  const mute = ask('mute');
  assert.is(mute.status, 1);
  assert.match(mute.err, /PluginError: experiment 'mute' has no verdict: no words/);
  const loose = ask('loose');
  assert.is(loose.status, 1);
  assert.match(loose.err, /PluginError: experiment 'loose' has no verdict: finding 0\.cases/);
  assert.not.ok(existsSync(join(directory, 'loose/verdict.json')));
  assert.match(ask('lost').out, /undecided/);
});

test('a broken member costs its own cells', ({ directory }) => {
  const broken = {
    'lies.js': chunkerText('lies', '(bytes, start) => (start > 70000 ? 0 : 1)'),
    'throws.js': chunkerText('throws', '() => { throw new Error("no table"); }'),
    'loses.js': `export default { codecs: [{ name: 'loses', title: 't', source: 's', parameters: [], create: () => ({
      mediaTypeSuffix: '', compress: (bytes) => bytes.subarray(1), decompress: (bytes, length) => new Uint8Array(length) }) }] };`,
    'moves.js': `let calls = 0; export default ({ readAll, MemorySource, applyLayers }) => ({ serialisers: [{ name: 'moves', title: 't',
      source: 's', parameters: [], streams: 'archives', create: () => ({ fidelity: { mtime: 'none',
      hardlinks: true, xattrs: true, devices: true, sparse: false, ownerNames: true, whiteouts: false }, restore: applyLayers,
      serialise: ({ layers }) => ({ streams: [{ bytes: new MemorySource(new Uint8Array(++calls)), layer: 0 }] }) }) }] });`,
    'greedy.js': `export default { fetchers: [{ name: 'greedy', title: 't', source: 's', parameters: [],
      fetcher: { rounds: ({ config }) => [[{ kind: 'blob', digest: config.digest, role: 'content', bytes: 1e9 }]] } }] };`,
    'counts.js': measureText(
      'counts.images',
      '() => { let n = 0; return { add: () => { if (n++) throw new Error("two"); return n; } }; }',
    ),
    'strays.js': measureText(
      'strays.images',
      '() => ({ add: () => [{ image: "v9", client: "-", measure: "strays.images", value: 1 }] })',
    ),
    'invents.js': measureText('invents.images', '() => ({ add: () => Number.NaN })'),
    'draws.js':
      'export default { charts: [() => { throw new Error("no ink"); }, () => ({ name: "pareto" })] };',
  };
  prepare(directory, broken);
  const chains = [
    'tar|lies|none|objects|get',
    'tar|throws|none|objects|get',
    'tar|whole|loses|objects|get',
    'moves|whole|none|objects|get',
    'tar|whole|none|objects|greedy',
    'tar-zstd',
  ];
  const run = bench(
    directory,
    'run',
    ...FAST,
    ...Object.keys(broken).flatMap((file) => ['--plugin', file]),
    ...chains.flatMap((chain) => ['--model', chain]),
  );
  assert.is(run.status, 1, run.err);
  assert.not.match(run.err, /this is a bug in ocibench/);
  assert.match(run.err, /file lies\.js/);
  const records = recordsOf(directory);
  const errors = records.flatMap((one) =>
    'error' in one ? [`${one.model} ${one.measure}: ${one.error}`] : [],
  );
  for (const says of [
    /lies@.*: PluginError: chunker 'lies@[0-9a-f]{8}' /,
    /throws@.*: PluginError: chunker 'throws@[0-9a-f]{8}' .*no table/,
    /loses@.*: PluginError: codec 'loses@[0-9a-f]{8}' breaks its contract: does not restore/,
    /moves@.*: PluginError: serialiser 'moves@[0-9a-f]{8}' breaks its contract/,
    /greedy@\S* transfer\.bytes: PluginError: fetcher 'greedy@[0-9a-f]{8}' breaks its contract/,
    /counts\.images: PluginError: measure 'counts\.images' failed: two/,
    /strays\.images: PluginError: measure 'strays\.images' failed: it gave a figure of image 'v9'/,
    /invents\.images: PluginError: invents\.images is NaN/,
  ]) {
    assert.ok(
      errors.some((text) => says.test(text)),
      `${says}\n${errors.join('\n')}`,
    );
  }
  const whole = records.filter(({ model }) => model === 'tar|whole|zstd:level=3|layers|get');
  const stored = whole.filter((one) => one.measure === 'stored.bytes' && 'value' in one);
  assert.is(stored.length, 2);
  const counted = whole.filter((one) => one.measure === 'counts.images' && 'value' in one);
  assert.is(counted.length, 1, 'what was right before the fault is kept');
  const summary = read(directory, 'out/summary.md');
  assert.match(summary, /a chart of draws\.js cannot be drawn: charts\.0 failed: no ink/);
  assert.match(summary, /a chart of draws\.js cannot be drawn: charts\.1 is not named draws-/);
  assert.ok(readdirSync(join(directory, 'out/charts')).includes('stored-bytes.svg'));
});

test.run();
