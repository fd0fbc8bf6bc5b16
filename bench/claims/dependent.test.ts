import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import type { KnownKind } from '../../src/results/steps.ts';
import { madeRecords } from '../made-records.ts';
import type { Records } from '../records.ts';
import { metadataCostsContent } from './c03-metadata.ts';
import { seriesShrinks, updatedImages } from './c05-series.ts';
import { chunksWinBack } from './c07-compression.ts';
import { tarSuffices } from './c22-canonical-tar.ts';
import { apartSpares, inlineRuins } from './c24-inline.ts';
import { type Claim, type ClaimVerdict, judgeClaim } from './claim.ts';

/** Cases that are no observations of their own, and claims of several things at once. */

function made(
  { packed = [], swept = [] }: Claim,
  kinds: Readonly<Record<string, KnownKind>>,
  number: Records['number'],
): Records {
  const images = Object.keys(kinds);
  const steps = Object.entries(kinds)
    .slice(1)
    .map(([image, kind]) => ({ image, kind }));
  const models = resolveModels([...packed, ...swept]);
  return { ...madeRecords({ images, models, number }), steps };
}

async function one(claim: Claim, records: Records): Promise<ClaimVerdict> {
  const [verdict, ...others] = await judgeClaim(claim, records, 'made');
  assert.is(others.length, 0);
  return verdict!;
}

/** Three series of four images. */
const SERIES: Readonly<Record<string, KnownKind>> = Object.fromEntries(
  ['a', 'b', 'c'].flatMap((series, place) =>
    [0, 1, 2, 3].map((image): [string, KnownKind] => [
      `${series}${image}`,
      image > 0 ? 'update' : place === 1 ? 'release' : 'start',
    ]),
  ),
);
const IMAGES = Object.keys(SERIES);

test('a series of updates ends at any other step, and one image is none', () => {
  const records = made(seriesShrinks, { ...SERIES, c1: 'release' }, () => 1);
  assert.equal(
    updatedImages(records).map(({ step, series, own, before }) => [
      step,
      series,
      own.length,
      before,
    ]),
    [
      ['a1', 'a0', 2, undefined],
      ['a2', 'a0', 3, undefined],
      ['a3', 'a0', 4, undefined],
      ['b1', 'b0', 2, 'a3'],
      ['b2', 'b0', 3, 'a3'],
      ['b3', 'b0', 4, 'a3'],
      ['c2', 'c1', 2, 'c0'],
      ['c3', 'c1', 3, 'c0'],
    ],
  );
});

test('C05: each series by itself, of which three decide and one does not', async () => {
  // Of each series layers take 10 an image, parts 11 for the first and 1 for each other.
  const stored = (image: string, model: string): number => {
    const place = IMAGES.indexOf(image);
    const [series, own] = [Math.floor(place / 4), place % 4];
    return model.startsWith('layers') ? 10 * (place + 1) : 14 * series + 11 + own;
  };
  const records = made(seriesShrinks, SERIES, stored);
  const found = await one(seriesShrinks, records);
  assert.equal(
    [found.text, found.where, found.n, found.stability],
    [
      'depends on the number of images',
      'met from image 3 on in all 12 combinations of format and series',
      3,
      1,
    ],
  );
  const alone = { ...records, images: IMAGES.slice(0, 4) };
  assert.equal(
    [(await one(seriesShrinks, alone)).word, (await one(seriesShrinks, alone)).n],
    ['undecided', 1],
  );
});

test('C07-later: bytes pulled in all begin anew with each series', async () => {
  // A solid layer is 10 each time; parts are 15 for the first image and 2 for each other.
  const records = made(chunksWinBack, SERIES, (_image, model, _measure, client) => {
    const isSolid = /^(layers|tar)/.test(model);
    if (isSolid) return 10;
    return client === 'none' ? 15 : 2;
  });
  const found = await one(chunksWinBack, records);
  assert.is(found.n, 3);
  const at = (images: number): readonly unknown[] => [
    ...new Set(
      found.cases
        .filter(({ parameters }) => parameters['images'] === images)
        .map(({ value }) => value),
    ),
  ];
  assert.equal([at(2), at(3), at(4)], [[17 / 20], [19 / 30], [21 / 40]]);
});

const EDITS = {
  t1: 'update',
  'chmod-all': 'edit',
  't1.2': 'return',
  'touch-all': 'rebuild',
  't1.3': 'return',
  'touch-all-layer': 'edit',
  't1.4': 'return',
  'chmod-usr': 'edit',
  't1.5': 'return',
  'chmod-usr-layer': 'edit',
  't1.6': 'return',
  'chown-usr': 'edit',
} as const;

test('C03: edits of nearly everything alone, each once; both forms are two cases where they differ', async () => {
  const records = made(metadataCostsContent, EDITS, (image, model, _, client) => {
    if (client === 'none') return 100;
    // Names in the history of an image make no form of its own.
    if (model.startsWith('files|whole')) return image.endsWith('-layer') ? 5.001 : 5.01;
    if (!model.startsWith('layers')) return 5;
    return image.endsWith('-layer') ? 60 : 70;
  });
  const found = await one(metadataCostsContent, records);
  assert.equal([found.kind, found.n], ['edit', 3]);
  const of = (step: string): readonly string[] =>
    found.cases
      .filter((own) => own.step === step)
      .map(({ parameters, value }) => `${parameters['format']}: ${value}`);
  assert.equal(of('touch-all'), [
    'oci-gzip (made anew): 0.7',
    'oci-gzip (a layer on top): 0.6',
    'tar-zstd: 0.05',
    'per-file: 0.0501',
    'catar: 0.05',
    'puzzlefs: 0.05',
  ]);
  assert.is(of('chown-usr').length, 5);
  assert.is(
    found.cases.some(({ step }) => step === 'chmod-all'),
    false,
  );
  assert.equal(
    [found.text, found.where],
    [
      'depends on the format',
      'met at oci-gzip (made anew) and oci-gzip (a layer on top), not at tar-zstd, per-file, catar and puzzlefs',
    ],
  );
});

test('C24: edits of metadata made anew decide both halves; content that came along does not', async () => {
  const of = (claim: Claim, share: number, changed = 0): Promise<ClaimVerdict> =>
    one(
      claim,
      made(claim, EDITS, (_, __, measure) => {
        if (measure === 'step.changed_content_bytes') return changed;
        return measure === 'dedup.new_bytes' ? 1000 * share : 1000;
      }),
    );
  assert.equal(
    [(await of(inlineRuins, 0.9)).word, (await of(inlineRuins, 0.9)).n],
    ['confirmed', 3],
  );
  assert.is((await of(apartSpares, 0)).word, 'confirmed');
  assert.is((await of(apartSpares, 0.9)).word, 'refuted');
  assert.is((await of(inlineRuins, 0.9, 1)).word, 'undecided');
});

test('C22: what is claimed of four goals is refuted by one', async () => {
  const records = made(tarSuffices, SERIES, (_, model, measure) =>
    model.startsWith('tar') && measure === 'transfer.requests' ? 300 : 100,
  );
  const found = await one(tarSuffices, {
    ...records,
    steps: records.steps.filter(({ kind }) => kind === 'update'),
  });
  assert.equal([found.word, found.figure!.median], ['refuted', 3]);
  assert.equal(
    new Set(found.cases.map(({ parameters }) => parameters['goal'])),
    new Set(['requests']),
  );
  assert.match(
    tarSuffices.remark!(records, 'update'),
    'cold pull 1.00, update 1.00, requests 3.00, disk 1.00',
  );
});

test.run();
