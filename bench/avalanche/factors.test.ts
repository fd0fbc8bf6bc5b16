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
import { applySeam, drawSeam, SEAM_KINDS, type SeamDraw, seamsOf } from './seams.ts';
import { sizesOf, sizeTable } from './sizes.ts';

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
    texts.find((text) => text.startsWith('touch-all,'))!,
    '3 draws, 1 of them different',
  );
  assert.ok(texts.includes('unlink: test has nothing to draw it from.'));
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
  assert.match(findings[0]!.text, ', the first 1)');
});

test('as a layer, a change is one more tar, and a name of two brings the file again', async () => {
  const [layers] = resolveModels(['layers|whole|none|layers|get']) as [string];
  const linked = imageOfTars(
    readAll(
      treeToTar(
        sketchTree({
          etc: { type: 'directory' },
          'etc/own': { content: noise(SIZE) },
          'etc/own.too': { link: 'etc/own' },
          'etc/small': { content: 'small' },
        }),
      ),
    ),
  );
  const pulled = async (form: 'rebuild' | 'layer', edit: string): Promise<number | undefined> => {
    const { findings } = await factorsOf(linked, [{ models: [layers], draws: 1, form }], silent);
    const figures = findings.flatMap((finding) => finding.figures);
    return statistics(figures, { of: 'transfer.content_bytes', edit })['median'];
  };
  // A tar (POSIX.1): a header of 512 bytes an entry, contents in blocks of 512, two blocks of zeros at the end.
  const blocks = (...sizes: readonly number[]): number =>
    512 * sizes.reduce((sum, size) => sum + 1 + Math.ceil(size / 512), 2);
  // A whiteout, and the file under the name that is left.
  assert.is(await pulled('layer', 'unlink'), blocks(0, SIZE));
  // All layers made anew have what is left.
  assert.is(await pulled('rebuild', 'unlink'), blocks(0, 0, SIZE, 5));
  const removed = await pulled('layer', 'remove-file');
  assert.ok([blocks(0), blocks(0, SIZE)].includes(removed!), String(removed));
});

test('bytes pulled by the size of the edited file, and which sizes the image has', async () => {
  const { rows } = await factorsOf(image, [{ models: [model], draws: 3 }], silent);
  const findings = sizesOf(image, rows);
  assert.is(findings.length, 1);
  assert.match(findings[0]!.text, 'a file of 10 kB to 100 kB (1 file of the image), 15 draws');
  const told = statistics(findings[0]!.figures, { size: '10 kB to 100 kB' });
  // Flips and replacements leave the length, 64 bytes more have the nine others.
  assert.equal(told, { n: 15, median: SIZE + 64, p5: SIZE, p95: SIZE + 64, worst: SIZE + 64 });
  assert.match(sizeTable(viewOf(findings)).join('\n'), '| 10 kB to 100 kB | 50.1 kB (50.0 kB to');
});

test('seams of two files: each place but its own is reached', async () => {
  for (const kind of SEAM_KINDS) {
    const draws = Array.from({ length: 200 }, (_, seed) => drawSeam(kind, [5, 50, 7], seed)!);
    const isOwn = ({ file, before }: SeamDraw): boolean => file === before;
    const places = new Set(draws.map(({ file, before }) => `${file} ${before}`));
    assert.is(places.size, kind === 'moved' ? 3 * 2 : 3 * 4);
    assert.is(draws.some(isOwn), kind === 'inserted');
  }
  const files = ['a', 'b', 'c'].map((text) => new TextEncoder().encode(text));
  const text = (draw: SeamDraw): string =>
    Buffer.concat(applySeam('moved', files, draw)).toString('latin1');
  assert.is(text({ file: 0, before: 2, seed: 1 }), 'bca');
  assert.is(text({ file: 2, before: 1, seed: 1 }), 'acb');
  const longer = applySeam('inserted', files, { file: 0, before: 3, seed: 1 });
  assert.equal(
    longer.map(({ length }) => length),
    [1, 1, 1, 1],
  );
  assert.is(drawSeam('moved', [5], 1), undefined);
  const { findings, records } = await seamsOf(image, 2, silent, ['whole']);
  assert.equal(records, [{ chunker: 'whole', moved: undefined, reordered: 1 }]);
  assert.is(findings.length, 1);
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
