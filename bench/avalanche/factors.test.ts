import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import type { View } from '../../src/report/mod.ts';
import { treeToTar } from '../../src/serialisers/tar.ts';
import { readAll } from '../../src/streams/source.ts';
import { imageOfTars } from '../../src/testing/images.ts';
import { noise } from '../../src/testing/noise.ts';
import { silent } from '../../src/testing/tiny-run.ts';
import { sketchTree } from '../../src/testing/trees.ts';
import type { Figure, Finding } from '../verdict.ts';
import { factorsOf, factorTables } from './factors.ts';
import { resyncOf, resyncTable } from './resync.ts';

/** One file of 50,000 bytes, stored as it is: whatever is drawn, its content moves whole or not at all. */
const SIZE = 50_000;
const image = imageOfTars(
  readAll(
    treeToTar(sketchTree({ etc: { type: 'directory' }, 'etc/own': { content: noise(SIZE) } })),
  ),
);
const [model] = resolveModels(['whole-file']) as [string];

function viewOf(findings: readonly Finding[]): View {
  return { verdict: { observed: findings } } as unknown as View;
}

function statistics(
  figures: readonly Figure[],
  at: Readonly<Record<string, string>>,
): Readonly<Record<string, number | undefined>> {
  const own = figures.filter(({ parameters }) =>
    Object.entries(at).every(([name, value]) => parameters[name] === value),
  );
  return Object.fromEntries(
    own.map(({ parameters, value }) => [parameters['statistic'], value] as const),
  );
}

test('factors of a file that moves whole', async () => {
  const { findings } = await factorsOf(image, [{ models: [model], draws: 3 }], silent);
  const figures = findings.flatMap((finding) => finding.figures);
  const content = (edit: string): ReturnType<typeof statistics> =>
    statistics(figures, { of: 'avalanche.content_factor', edit });
  const all = (value: number): ReturnType<typeof statistics> => ({
    n: 3,
    median: value,
    p5: value,
    p95: value,
    worst: value,
  });
  assert.equal(content('flip'), all(SIZE));
  assert.equal(content('prepend'), all((SIZE + 64) / 64));
  assert.equal(content('append'), all((SIZE + 64) / 64));
  assert.equal(content('chmod'), {}, 'nothing of its content changed');
  assert.equal(statistics(figures, { of: 'avalanche.factor', edit: 'touch-all' })['n'], 3);
  const texts = findings.map(({ text }) => text);
  assert.match(
    texts.find((text) => text.startsWith('`touch-all`'))!,
    '3 draws, 1 of them different',
  );
  assert.ok(texts.includes('`unlink`: test has nothing to draw it from.'));
  const tables = factorTables(viewOf(findings)).join('\n\n');
  assert.match(tables, '## `avalanche.content_factor`');
  assert.match(tables, '| flip | 50,000 (50,000 to 50,000; 50,000), n 3 |');
});

test('fewer draws of one model are the first ones, and are said', async () => {
  const [other] = resolveModels(['files|whole|none|blob|get']) as [string];
  const asked = [
    { models: [model], draws: 3 },
    { models: [other], draws: 1 },
  ];
  const { draws, findings } = await factorsOf(image, asked, silent);
  // No directory has at most half of the bytes, no file has two names.
  assert.is(draws, 10 * 3);
  const figures = findings.flatMap((finding) => finding.figures);
  const at = { of: 'avalanche.factor', edit: 'flip' };
  assert.is(statistics(figures, { ...at, model })['n'], 3);
  assert.is(statistics(figures, { ...at, model: other })['n'], 1);
  assert.match(findings[0]!.text, 'of the first 1');
});

test('a stream of one chunk ends together with the edited one', async () => {
  const { findings, medians } = await resyncOf(image, 2, silent);
  const figures = findings.flatMap((finding) => finding.figures);
  const fixed = statistics(figures, { kind: 'insert', chunker: 'fixed:size=64KiB' });
  // One chunk before and after: the first cut that they share is the end, as for any chunker whose chunks are longer.
  assert.is(medians.find(([id]) => id.startsWith('fixed'))![1], fixed['median']);
  assert.ok(fixed['worst']! < SIZE && fixed['worst']! > 0);
  assert.match(resyncTable(viewOf(findings))[0]!, /^## `avalanche.resync_bytes`/);
});

test.run();
