import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chunkerMembers } from '../chunkers/mod.ts';
import { BenchError } from '../errors.ts';
import { resolve } from '../ids.ts';
import { limits } from '../limits.ts';
import { pluginsInUse, stampOf } from '../plugin-files.ts';
import { chunkerText, measureText } from '../testing/plugin-text.ts';
import { addPlugins } from './registers.ts';

const test = suite<{ directory: string }>('loading of plug-ins');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-load-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const FIXED = chunkerText('fixed', '() => 1');
const RULE = '(bytes, start) => bytes.length - start';

/** Each by the name and text of its file, with what is said of it. */
const broken: readonly (readonly [name: string, text: string, says: RegExp])[] = [
  ['a.js', 'throw new Error("first\\nsecond")', /cannot be loaded: first \(file .*a\.js\)/],
  ['b.js', 'export const chunkers = []', /no default export .*field default/],
  ['c.js', 'export default 1', /no default export/],
  ['d.js', 'export default {}', /adds nothing/],
  ['e.js', 'export default { chunker: [] }', /no 'chunker' .*did you mean 'chunkers'\?/],
  ['f.js', 'export default { chunkers: {} }', /is no list .*field chunkers/],
  ['g.js', 'export default { chunkers: [{}] }', /field chunkers\.0\.name/],
  ['h.js', FIXED, /there is a chunker 'fixed' already .*field chunkers/],
  ['i.js', FIXED.replace("'fixed'", "'A b'"), /lower-case .*field chunkers\.0\.name/],
  ['j.js', FIXED.replace('algorithm:', 'rule:'), /is no function .*field chunkers\.0\.algorithm/],
  ['k.js', 'import "./x.js"; export default {}', /a plug-in is one file: it imports types/],
  ['l.js', 'import "zod"; export default {}', /a plug-in is one file: it imports types/],
  ['m.ts', 'export default {\n  chunkers: [ } as Plugin', /\(file .*m\.ts, line 2\)/],
  ['n.ts', 'enum A { b }; export default {}', /enum is not supported .*line 1/],
  ['o.js', 'export default (tools) => tools.nothing.more', /cannot be loaded: .*nothing|undefined/],
  ['p.js', measureText('stored.bytes', '() => 1'), /call it p\.…/],
  ['q.js', measureText('q.a', '1'), /is no function .*field measures\.0\.part/],
  ['r.js', measureText('r.a', '() => 1').replace("'count'", "'inches'"), /field measures\.0\.unit/],
  [
    's.js',
    'export default { models: [{ alias: "s", chain: "tar|whole", title: "t", source: "s" }] }',
    /UsageError: model 'tar\|whole' has 2 parts: .*field models/,
  ],
  [
    't.js',
    'export default { models: [{ alias: "t", chain: "tar|whole|zstd|layers|get", title: "t", source: "s" }] }',
    /model 't' is 'tar-zstd' already/,
  ],
  ['u.txt', '', /UsageError: a plug-in is no 'u\.txt'/],
  ['V.js', '', /UsageError: a plug-in cannot be called 'V\.js'/],
  [
    'w.js',
    `export default { chunkers: [{ name: 'w', title: 't', source: 's', contentDefined: true, algorithm: () => 1,
      parameters: [{ name: 'min', kind: 'bytes', description: 'd', default: 5, minimum: 9 }] }] }`,
    /its defaults do not fit/,
  ],
  ['x.js', `//${'x'.repeat(limits.pluginBytes - 1)}`, /more than \d+ bytes/],
];

for (const [name, text, says] of broken) {
  test(`73 ${name}: ${says.source}`, async ({ directory }) => {
    writeFileSync(join(directory, name), text);
    let told = '';
    await addPlugins([join(directory, name)]).catch((error: unknown) => {
      assert.instance(error, BenchError);
      told = String(error);
    });
    assert.match(told, says);
    assert.not.match(told, /\n|data:/);
  });
}

test('a plug-in that is not there is named', async ({ directory }) => {
  let told = '';
  await addPlugins([join(directory, 'none.js')]).catch((error: unknown) => {
    told = String(error);
  });
  assert.match(told, /StorageError: .*none\.js/);
});

test('a file at the bound is loaded', async ({ directory }) => {
  const text = chunkerText('long', RULE);
  writeFileSync(join(directory, 'long.js'), text.padEnd(limits.pluginBytes));
  await addPlugins([join(directory, 'long.js')]);
  assert.ok(chunkerMembers.some(({ name }) => name === 'long'));
});

test('ids have the start of the digest, and are read with it or without', async ({ directory }) => {
  const path = join(directory, 'own.js');
  writeFileSync(path, chunkerText('own', RULE));
  await addPlugins([path]);
  const stamp = stampOf(pluginsInUse().find(({ name }) => name === 'own.js')!);
  assert.match(stamp, /^[0-9a-f]{8}$/);
  const { id } = resolve('chunker', chunkerMembers, 'own');
  assert.is(id, `own@${stamp}`);
  assert.is(resolve('chunker', chunkerMembers, id).id, id);
  for (const [text, says] of [
    ['own@00000000', /'own@00000000' is of other code than own\.js \(sha256:/],
    ['nobody@00000000', /'nobody@00000000' is of a plug-in that is not loaded/],
    ['fixed@00000000', /'fixed@00000000' is of a plug-in that is not loaded/],
    ['own@', /'own@' is of other code/],
  ] as const) {
    assert.throws(() => resolve('chunker', chunkerMembers, text), says);
  }
  let told = '';
  await addPlugins([path]).catch((error: unknown) => {
    told = String(error);
  });
  assert.match(told, /the plug-in 'own' is there twice/);
});

test.run();
