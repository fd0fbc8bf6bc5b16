import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench } from './testing/in-process.ts';
import { lackOfTime, unless } from './testing/needs.ts';
import { oddTars } from './testing/odd-tars.ts';
import { inDirectory } from './testing/shell.ts';

/** Odd archives, by the commands: shown, and measured; the one that is refused costs its own cells. */

/** A manifest of these archives beside them. */
function writeDataset(directory: string, names: readonly string[]): void {
  for (const name of names) writeFileSync(join(directory, `${name}.tar`), oddTars[name]!.bytes);
  const images = names.map((name) => ({
    id: name,
    title: name,
    source: { type: 'rootfs', path: `${name}.tar` },
  }));
  const manifest = {
    schemaVersion: 1,
    id: 'odd',
    version: '1.0.0',
    title: 'Odd archives',
    description: 'Archives that readers stumbled over.',
    why: 'Each has been read wrongly by somebody.',
    license: { manifest: 'CC0-1.0', content: 'CC0-1.0' },
    citeAs: 'none',
    images,
  };
  writeFileSync(join(directory, 'odd.json'), JSON.stringify(manifest));
}

const slow = unless(test, lackOfTime());
slow('dataset show and run read odd archives, and say what is odd', async () => {
  await inDirectory(async (directory) => {
    writeDataset(directory, Object.keys(oddTars));
    const fine = Object.entries(oddTars).filter(([, { paths }]) => paths);
    const words = ['--dataset', './odd.json', '--model', 'tar-zstd', '--repeat', '0'];
    const run = await bench(directory, ['run', ...words, '--out', 'out']);
    assert.is(run.status, 1, run.err);
    for (const [name, { says }] of Object.entries(oddTars)) {
      const lines = run.err.split('\n').filter((line) => line.startsWith(`${name}: `));
      assert.is(lines.length, says ? 1 : 0, `${name}: ${lines.join('\n')}`);
      if (says) assert.match(lines[0]!, says);
    }
    const records = readFileSync(join(directory, 'out/records.jsonl'), 'utf8');
    for (const [name] of fine)
      assert.match(records, new RegExp(`"${name}".*image\\.logical_bytes`));
  });
});

test('dataset show counts what is in odd archives, and refuses what is no archive', async () => {
  await inDirectory(async (directory) => {
    const fine = Object.keys(oddTars).filter((name) => oddTars[name]!.paths);
    writeDataset(directory, fine);
    const shown = await bench(directory, ['dataset', 'show', './odd.json']);
    assert.is(shown.status, 0, shown.err);
    const parts = shown.out.split(/^ {2}(?=\S)/m).slice(1);
    assert.is(parts.length, fine.length);
    for (const [index, name] of fine.entries()) {
      const { paths, says } = oddTars[name]!;
      const files = paths!.filter((path) => !path.endsWith('/')).length;
      assert.match(parts[index]!, new RegExp(`${files} files?`), name);
      if (says) assert.match(parts[index]!, says);
      else assert.not.match(parts[index]!, /warning/);
    }
    const [refused] = Object.keys(oddTars).filter((name) => !oddTars[name]!.paths);
    writeDataset(directory, [refused!]);
    const wrong = await bench(directory, ['dataset', 'show', './odd.json']);
    assert.is(wrong.status, 1);
    assert.match(wrong.err, oddTars[refused!]!.says!);
  });
});

test.run();
