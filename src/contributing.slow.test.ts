import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { projectDirectory } from './project.ts';
import type { ValueRecord } from './results/record.ts';
import { benchOf, buildTree, copyTree, insertLines } from './testing/copied-tree.ts';
import { directorySuite } from './testing/directory.ts';
import { lackOfTime } from './testing/needs.ts';
import { writeDataset } from './testing/tiny-run.ts';
import { sketchTree } from './testing/trees.ts';

/** The recipes of CONTRIBUTING.md, done to a copy of the tree as they are written. */

const test = directorySuite('recipes of CONTRIBUTING.md', lackOfTime());

/** A file that is named last before a block of code, and the block. */
const BLOCK = /`([\w./-]+\.ts)`[^`]*(?:`[^`]+`[^`]*)*?\n\n```(ts|diff)\n([\s\S]*?)\n```/g;

function recipes(): readonly (readonly [path: string, kind: string, block: string])[] {
  const text = readFileSync(join(projectDirectory, 'CONTRIBUTING.md'), 'utf8');
  const part = text.slice(text.indexOf('**A chunker**'), text.indexOf('**A dataset**'));
  const found = [...part.matchAll(BLOCK)].map(
    ([, path, kind, block]) => [path!, kind!, block!] as const,
  );
  assert.is(found.length, part.match(/^```(ts|diff)$/gm)?.length);
  return found;
}

test('a chunker, a model, a measure and an experiment are added, and answer', ({ directory }) => {
  copyTree(directory);
  for (const [path, kind, block] of recipes()) {
    if (kind === 'ts') writeFileSync(join(directory, path), `${block}\n`);
    else insertLines(join(directory, path), block);
  }
  buildTree(directory);
  const content = Uint8Array.from({ length: 5000 }, (_, at) => (at * 37) & 255);
  writeDataset(directory, [
    sketchTree({ a: { content } }),
    sketchTree({ a: { content }, b: { content: content.subarray(7) } }),
  ]);
  const cut = benchOf(directory, 'chunk', 'v0.tar', '--chunker', 'steps', '--stats');
  assert.is(cut.status, 0, cut.err);
  assert.match(benchOf(directory, 'list', 'models').out, /tar-steps/);
  const words = ['small-blobs', '--dataset', 'tiny.json', '--out', 'out'];
  const run = benchOf(directory, 'run', ...words);
  const written = readFileSync(join(directory, 'out', 'records.jsonl'), 'utf8');
  assert.is(run.status, 0, `${run.err}${/"error":.*/.exec(written)?.[0]}`);
  assert.match(
    run.out,
    /C99 A mean blob is smaller than a packet, 1500 B: undecided: n = 2 steps, at least 3/,
  );
  const records = written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ValueRecord);
  const value = (measure: string): number =>
    records.find(
      (one) => one.measure === measure && one.image === 'v1' && one.model.startsWith('tar|steps'),
    )!.value as number;
  assert.is(value('stored.mean_blob'), Math.round(value('stored.bytes') / value('stored.blobs')));
});

test.run();
