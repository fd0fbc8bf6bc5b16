import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../results/compose.ts';
import { DATASET, sampleInfo, sampleRecord, sampleSeries } from '../testing/sample-run.ts';
import { info, records, words } from '../testing/sample-words.ts';
import { summarise } from './sentences/mod.ts';
import { createView } from './view.ts';

test('a mean is over the steps of one kind: two updates and a release, by hand', () => {
  const four = sampleInfo(
    [{ id: 'g', alias: 'oci-gzip' }, { id: 'c', alias: 'catar' }, { id: 'x' }],
    ['one', 'two', 'three', 'four'],
  );
  const own = [
    ...sampleSeries(four, 'g', [30, 30, 40, 50], [3, 3, 3, 3]),
    ...sampleSeries(four, 'c', [40, 10, 5, 90], [900, 200, 100, 800]),
    ...sampleSeries(four, 'x', [50, 12, 20, 60], [1, 1, 1, 1]),
  ];
  const said = words(four, own, ['update', 'update', 'release']);
  // Updates alone: catar (10 + 5) ÷ 2 = 7.5, x (12 + 20) ÷ 2 = 16, oci-gzip (30 + 40) ÷ 2 = 35. Over all three catar had 35, x 30.7.
  assert.is(
    said['Updates'],
    'Per update (mean of 2), for a client that has the previous image, catar transfers the least data: 7.50 MB, 78.6 % less than oci-gzip (35.00 MB). Requests for it: catar 150. Least data by update: two 10.00 MB (catar); three 5.00 MB (catar).',
  );
  assert.is(
    said['Releases'],
    'In the one release, to four, a client that has the previous image pulls 50.00 MB in 3 requests (oci-gzip) to 90.00 MB in 800 requests (catar). Of one step no model is called better (n = 1).',
  );
  assert.match(said['Storage']!, 'Over 4 images (2 updates and 1 release) up to four, ');
  assert.is(
    said['Bytes or requests'],
    'Pareto-optimal in stored bytes and requests per update (mean of 2): x.',
  );
});

test('where a step left out turns a difference round, it is a tie', () => {
  const own = [
    ...sampleSeries(info, 'g', [30, 30, 40], [3, 3, 3]),
    // Means 7.5 and 9; of the first step x takes less, of the second catar.
    ...sampleSeries(info, 'c', [40, 10, 5], [900, 200, 100]),
    ...sampleSeries(info, 'x', [50, 6, 12], [1, 1, 1]),
  ];
  assert.match(
    words(info, own)['Updates']!,
    'catar and x transfer the least data, a tie: 7.50 MB to 9.00 MB. That is 74.3 % to 78.6 % less than oci-gzip (35.00 MB).',
  );
  // Both steps the same way round: 7.5 and 8.5, and no tie.
  const told = [...own.slice(0, -6 * 3), ...sampleSeries(info, 'x', [50, 11, 6], [1, 1, 1])];
  assert.match(words(info, told)['Updates']!, 'catar transfers the least data: 7.50 MB');
  const only = sampleInfo([{ id: 'c', alias: 'catar' }, { id: 'x' }]);
  assert.match(words(only, own)['Updates']!, 'all 2 models tie in data: 7.50 MB to 9.00 MB.');
});

test('a series of releases says that it has no update', () => {
  const said = words(info, records, ['release', 'release']);
  assert.is(said['Updates'], 'No update was measured, only 2 releases.');
  assert.match(
    said['Releases']!,
    /^Per release \(mean of 2\), .* catar transfers the least data: 7\.50 MB/,
  );
});

test('rebuilds have a mean of their own; edits, each another change, and steps of unknown kind have none', () => {
  const said = words(info, records, ['edit', 'rebuild']);
  assert.match(said['Edits']!, 'In the one edit, to two, a client');
  assert.match(said['Rebuilds']!, 'In the one rebuild, to three, a client');
  const several = words(info, records, ['edit', 'edit'])['Edits']!;
  assert.match(
    several,
    /^2 edits, each another change: no mean is taken\. Least data by edit: two /,
  );
  assert.not.match(several, /mean of/);
  const returned = words(info, records, ['edit', 'return']);
  assert.match(returned['Edits']!, 'In the one edit, to two, a client');
  assert.is(returned['Returns'], undefined);
  const begun = words(info, records, ['update', 'start']);
  assert.match(begun['Updates']!, 'In the one update, to two, a client');
  assert.is(begun['Starts'], undefined);
  assert.is(returned['Updates'], 'No update was measured, only 1 edit.');
  const unknown = words(info, records, []);
  assert.is(unknown['Updates'], 'No update was measured, only 2 steps of unknown kind.');
  assert.is(
    unknown['Steps'],
    'The kind of 2 steps is not known, so no mean is taken. Least data by step: two 10.00 MB (catar); three 5.00 MB (catar).',
  );
  assert.is(unknown['Bytes or requests'], undefined);
});

test('steps that an interrupted run did not come to are not of unknown kind', () => {
  const { finishedAt: _, ...begun } = info;
  const said = words(begun, records, ['update']);
  assert.is(
    said['Steps'],
    'The kind of 1 step was not measured yet, so no mean is taken. Least data by step: three 5.00 MB (catar).',
  );
  assert.match(said['Storage']!, '(1 update and 1 step whose kind was not measured yet)');
  const why = skip(DATASET, '*', 'three', 'step.kind', 'one of its two images could not be read');
  const known = words(begun, [...records, why], ['update']);
  assert.match(known['Storage']!, '(1 update and 1 step of unknown kind)');
});

test('the step against a missing image is none; the others keep their kind', () => {
  const gap = { ...info, planned: ['one', 'lost', 'two', 'three'] };
  const own = [
    sampleRecord('*', 'step.kind', 'update', { image: 'three' }),
    ...records.filter(({ image, client }) => image !== 'two' || client !== 'previous'),
  ];
  const sentences = summarise(createView(gap, own));
  const said = Object.fromEntries(sentences.map(({ topic, text }) => [topic, text]));
  assert.match(said['Updates']!, 'In the one update, to three, a client');
  assert.is(said['Steps'], undefined);
});

test.run();
