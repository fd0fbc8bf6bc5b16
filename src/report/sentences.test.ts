import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failure, skip } from '../results/compose.ts';
import {
  DATASET,
  sampleInfo,
  sampleRecord,
  sampleSeries,
  sampleTiming,
} from '../testing/sample-run.ts';
import { info, type Records, records, words } from '../testing/sample-words.ts';

test('sizes are compared with the baseline at the end of the series', () => {
  assert.is(
    words(info, records)['Storage'],
    'Over 3 images (2 updates) up to three, catar needs the least storage: 55.00 MB, 45.0 % less than oci-gzip (100.00 MB). x needs the most storage: 150.00 MB.',
  );
});

test('updates are compared by their mean, and their spread is told', () => {
  // catar: (10 + 5) ÷ 2 = 7.5; oci-gzip: (30 + 40) ÷ 2 = 35; 1 − 7.5 ÷ 35 = 78.6 %; requests (200 + 100) ÷ 2.
  assert.is(
    words(info, records)['Updates'],
    'Per update (mean of 2), for a client that has the previous image, catar transfers the least data: 7.50 MB, 78.6 % less than oci-gzip (35.00 MB). Requests for it: catar 150. Least data by update: two 10.00 MB (catar); three 5.00 MB (catar).',
  );
});

test('disks are compared, a store is told apart, manifests beyond the limit are named', () => {
  const disk = (model: string, files: number, store: number, manifest: number): Records =>
    (
      [
        ['disk.bytes', (files + store) * 1e6],
        ['disk.store_bytes', store * 1e6],
        ['stored.manifest_bytes', manifest],
      ] as const
    ).map(([measure, value]) => sampleRecord(model, measure, value, { image: 'three' }));
  const own = [
    ...disk('g', 80, 0, 600),
    ...disk('c', 80, 30, 600),
    ...disk('x', 79, 1, 4 * 2 ** 20 + 1),
  ];
  assert.is(
    words(info, own)['Disk'],
    'On a receiver that has unpacked three, oci-gzip and x need the least disk space, a tie within 2 %: 80.00 MB, the baseline oci-gzip among them. A store of chunks lies beside the files of catar: up to 30.00 MB. Manifests above 4 MiB, the most that registries must take: x.',
  );
});

test('the front is those that no other beats in both', () => {
  assert.is(
    words(info, records)['Bytes or requests'],
    'Pareto-optimal in stored bytes and requests per update (mean of 2): catar, oci-gzip and x.',
  );
});

test('who is beaten in both is off the front, also where a step left out turns the requests round', () => {
  const own = [
    ...sampleSeries(info, 'g', [30, 30, 40], [3, 3, 3]),
    // More bytes than x, and more requests in the mean: 106.5 to 2. Of the first step alone there is no difference.
    ...sampleSeries(info, 'c', [40, 10, 5], [900, 1, 212]),
    ...sampleSeries(info, 'x', [38, 10, 5], [1, 1, 3]),
  ];
  assert.is(
    words(info, own)['Bytes or requests'],
    'Pareto-optimal in stored bytes and requests per update (mean of 2): x.',
  );
});

test('the error of the time model is told by its median and its worst', () => {
  const timings = [
    ...sampleTiming('g', 990, 1000),
    ...sampleTiming('c', 160, 200),
    ...sampleTiming('x', 105, 100),
  ];
  assert.is(
    words(info, [...records, ...timings])['Time model'],
    'Over 3 transfers from real servers, modelled and measured time differ by 5.0 % in the median and 20.0 % at most (catar, DSL, 16 Mb/s, 20 ms).',
  );
  assert.is(words(info, records)['Time model'], undefined);
});

test('less than 2 % apart is alike, in a mean and in each of its updates', () => {
  const own = [
    ...sampleSeries(info, 'g', [30, 30, 40], [3, 3, 3]),
    ...sampleSeries(info, 'c', [30, 10, 20], [9, 9, 9]),
    ...sampleSeries(info, 'x', [30, 9.9, 20.2], [9, 9, 10]),
  ];
  const said = words(info, own);
  assert.match(
    said['Updates']!,
    'catar and x transfer the least data, a tie within 2 %: 15.00 MB to 15.05 MB. That is 57.0 % to 57.1 % less than oci-gzip (35.00 MB). Requests for it: catar 9 and x 10. Least data by update: two 9.90 MB to 10.00 MB (x and catar); three 20.00 MB to 20.20 MB (catar and x).',
  );
  assert.match(
    said['Storage']!,
    'catar and x need the least storage, a tie within 2 %: 60.00 MB to 60.10 MB',
  );
  const two = [
    ...sampleSeries(info, 'g', [1, 1, 1], [1, 1, 1]),
    ...sampleSeries(info, 'x', [1.03, 1, 1], [1, 1, 1]),
  ];
  assert.match(
    words(info, two)['Storage']!,
    'all 2 models need about the same storage: 3.00 MB to 3.03 MB.',
  );
  const apart = [
    ...sampleSeries(info, 'g', [1, 1, 1], [1, 1, 1]),
    ...sampleSeries(info, 'x', [1.07, 1, 1], [1, 1, 1]),
  ];
  assert.match(words(info, apart)['Storage']!, 'oci-gzip needs the least storage');
});

test('of many updates the smallest and the largest are told', () => {
  const images = Array.from({ length: 9 }, (_, number) => `v${number}`);
  const long = sampleInfo([{ id: 'a' }, { id: 'b' }], images);
  const sizes = images.map((_, number) => 10 + number);
  const own = ['a', 'b'].flatMap((id, more) =>
    sampleSeries(
      long,
      id,
      sizes.map((size) => size + 5 * more),
      sizes,
    ),
  );
  assert.match(
    words(long, own)['Updates']!,
    'Least data of the smallest and the largest update: v1 11.00 MB (a); v8 18.00 MB (a).',
  );
});

test('who has broken even stays below: less for a while is told apart, one image tells nothing', () => {
  const versions = sampleInfo([
    { id: 'g', alias: 'oci-gzip' },
    { id: 'lasting' },
    { id: 'flips' },
    { id: 'back' },
    { id: 'never' },
  ]);
  const pulled: Readonly<Record<string, readonly number[]>> = {
    g: [30, 30, 30],
    lasting: [40, 10, 10],
    flips: [20, 30, 45],
    back: [20, 45, 10],
    never: [30, 30, 30],
  };
  const own = Object.entries(pulled).flatMap(([id, sizes]) =>
    sampleSeries(versions, id, sizes, [1, 1, 1]),
  );
  assert.is(
    words(versions, own)['Break-even'],
    'Cumulative transfer over 3 versions (2 updates) is compared with that of each baseline. Below oci-gzip from version 2 on: lasting; from version 3 on: back; for a while from version 1, not at the end: flips; never: never.',
  );
  const single = sampleInfo([{ id: 'g', alias: 'oci-gzip' }, { id: 'c' }], ['one']);
  const cold = [...sampleSeries(single, 'g', [4], [3]), ...sampleSeries(single, 'c', [3], [9])];
  assert.is(words(single, cold)['Break-even'], undefined);
  assert.is(words(info, sampleSeries(info, 'c', [1, 1, 1], [1, 1, 1]))['Break-even'], undefined);
});

test('a model that did not reach the end is left out by name', () => {
  const text = words(
    info,
    records.filter(({ model, image }) => model !== 'c' || image === 'one'),
  )['Storage'];
  assert.is(
    text,
    'Over 3 images (2 updates) up to three, oci-gzip needs the least storage: 100.00 MB, and it is the baseline. x needs the most storage: 150.00 MB. Not compared (no value): catar.',
  );
});

test('without a baseline none is claimed', () => {
  const bare = sampleInfo([{ id: 'a' }, { id: 'b' }]);
  const own = [
    ...sampleSeries(bare, 'a', [1, 1, 1], [1, 1, 1]),
    ...sampleSeries(bare, 'b', [2, 2, 2], [1, 1, 1]),
  ];
  assert.match(
    words(bare, own)['Storage']!,
    'a needs the least storage: 3.00 MB (no baseline was measured). b needs the most storage: 6.00 MB.',
  );
});

test('equal values have no winner', () => {
  const own = [
    ...sampleSeries(info, 'g', [1, 1, 1], [1, 1, 1]),
    ...sampleSeries(info, 'c', [1, 1, 1], [1, 1, 1]),
  ];
  const said = words(info, own);
  assert.match(said['Storage']!, 'all 2 models need about the same storage: 3.00 MB.');
  assert.match(said['Updates']!, 'all 2 models transfer about the same data: 1.00 MB.');
});

test('one model alone is compared with nothing', () => {
  const own = sampleSeries(info, 'c', [1, 1, 1], [1, 1, 1]);
  assert.match(
    words(info, own)['Storage']!,
    'catar needs 3.00 MB of storage; there is no other to compare.',
  );
});

test('one image has no updates: the cold pull is told instead', () => {
  const single = sampleInfo([{ id: 'g', alias: 'oci-gzip' }, { id: 'c' }], ['one']);
  const own = [...sampleSeries(single, 'g', [4], [3]), ...sampleSeries(single, 'c', [3], [9])];
  const said = words(single, own);
  assert.is(
    said['Updates'],
    'No update was measured. For a cold pull of one, c transfers the least data: 3.00 MB, 25.0 % less than oci-gzip (4.00 MB).',
  );
  assert.match(said['Storage']!, 'For one, c needs the least storage');
});

test('a winner that keeps less than the baseline is told to', () => {
  const fidelity = info.models[0]!.fidelity!;
  const lossy = sampleInfo([
    { id: 'g', alias: 'oci-gzip' },
    { id: 'c', alias: 'catar', fidelity: { ...fidelity, hardlinks: false, ownerNames: false } },
  ]);
  assert.is(
    words(lossy, records)['Storage'],
    'Over 3 images (2 updates) up to three, catar needs the least storage: 55.00 MB, 45.0 % less than oci-gzip (100.00 MB). catar drops hard links and owner names, which oci-gzip keeps. oci-gzip needs the most storage: 100.00 MB.',
  );
});

test('what formats drop stands beside the sizes', () => {
  const fidelity = info.models[0]!.fidelity!;
  const own = sampleInfo([
    { id: 'a', fidelity: { ...fidelity, sparse: true } },
    { id: 'b', fidelity: { ...fidelity, sparse: true, mtime: 'seconds', ownerNames: false } },
    { id: 'c', fidelity: { ...fidelity, sparse: true, mtime: 'none', xattrs: false } },
  ]);
  assert.is(
    words(own, [])['Fidelity'],
    'Read sizes together with fidelity: b drops nanoseconds of modification times and owner names; c drops modification time and extended attributes.',
  );
});

test('digests that differ are named', () => {
  const digests = (model: string, value: number) =>
    sampleRecord(model, 'reproducibility.distinct_digests', value);
  assert.is(
    words(info, [digests('g', 1), digests('c', 1)])['Reproducibility'],
    'Each of 2 models tried gives one digest under every condition varied.',
  );
  const fixpoint = sampleRecord('c', 'reproducibility.fixpoint', 0);
  assert.is(
    words(info, [digests('g', 1), digests('c', 3), fixpoint])['Reproducibility'],
    'More than one digest under varied conditions: catar. Packing what was unpacked gives another digest: catar.',
  );
});

test('nothing measured is said plainly', () => {
  const all = info.models.map(({ id }) => failure(DATASET, id, 'one', new Error('no')));
  const said = words(info, [...all, skip(DATASET, 'g', 'one', '*', 'no tool')], []);
  assert.is(said['Storage'], 'No stored bytes were measured.');
  assert.is(
    said['Missing'],
    'No value was measured. 3 cells failed (oci-gzip, catar and x): see the table below. 1 measurement skipped: see the table below.',
  );
  assert.is(said['Updates'], undefined);
});

test('a run that has not ended says so', () => {
  const { finishedAt: _, ...unended } = info;
  assert.match(
    words(unended, [])['Missing'] ?? '',
    /^The run has not ended, or was interrupted: its command goes on where it is\./,
  );
  assert.not.match(words(info, [])['Missing'] ?? '', /has not ended/);
});

test('a sweep is told by its ends', () => {
  const id = (size: string) => `catar|fastcdc:avg=${size}|none|objects|get`;
  const own = sampleInfo(
    ['4KiB', '8KiB', '16KiB'].map((size) => ({ id: id(size) })),
    ['one', 'two'],
  );
  const point = (size: string, mean: number, unique: number, requests: number) => [
    sampleRecord(id(size), 'chunks.mean', mean, { image: 'two' }),
    sampleRecord(id(size), 'dedup.unique_bytes', unique, { image: 'two' }),
    sampleRecord(id(size), 'transfer.bytes', 1, { image: 'two', client: 'previous' }),
    sampleRecord(id(size), 'transfer.requests', requests, { image: 'two', client: 'previous' }),
  ];
  const values = [...point('4KiB', 4096, 100, 800), ...point('16KiB', 16384, 150, 200)];
  assert.is(
    words(own, values)['Chunk size'],
    'catar fastcdc none: from a mean chunk of 4 KiB to 16 KiB, 50.0 % more unique bytes, 200 instead of 800 requests in the one update.',
  );
});

test.run();
