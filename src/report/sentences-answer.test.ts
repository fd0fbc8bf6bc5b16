import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleRecord, sampleSeries, sampleSteps } from '../testing/sample-run.ts';
import { info, type Records, records, words } from '../testing/sample-words.ts';
import { summarise } from './sentences/mod.ts';
import { createView } from './view.ts';

test('the answer comes first: by how much less from step to step, with how many requests, and what ties', () => {
  const sentences = summarise(createView(info, [...sampleSteps(info), ...records]));
  // 1 − 10 ÷ 30 and 1 − 5 ÷ 40; (200 + 100) ÷ 2.
  assert.equal(sentences[0], {
    topic: 'Answer',
    text: 'On 2 updates of made-up catar transfers 67 % to 88 % less than oci-gzip, with 150 requests on average (100 to 200).',
  });
  assert.equal(
    sentences.slice(0, 3).map(({ topic }) => topic),
    ['Answer', 'Storage', 'Requests'],
  );
  assert.is(
    words(info, records)['Requests'],
    'Requests per update (mean of 2): oci-gzip 3 and catar 150.',
  );
  const tie = [...records.filter(({ model }) => model !== 'x')];
  const close = [...tie, ...sampleSeries(info, 'x', [50, 10.1, 5], [1, 1, 1])];
  assert.match(
    words(info, close)['Answer']!,
    'with 150 requests on average (100 to 200); x ties with it.',
  );
  const unsettled = [...tie, ...sampleSeries(info, 'x', [50, 13, 4], [1, 1, 1])];
  assert.match(
    words(info, unsettled)['Answer']!,
    '; x ties with it, since steps differ in which is less.',
  );
  const worse = [
    ...sampleSeries(info, 'g', [30, 30, 40], [3, 3, 3]),
    ...sampleSeries(info, 'c', [40, 33, 5], [9, 20, 10]),
  ];
  assert.match(words(info, worse)['Answer']!, /oci-gzip transfers the least data|tie in data/);
  const own = { ...info, dataset: { ...info.dataset, named: { inputs: ['a.tar'] } } };
  assert.match(words(own, records)['Answer']!, /^On your 2 updates catar/);
  assert.is(
    words(info, records, ['edit', 'edit'])['Answer'],
    'Of 2 edits of made-up, each another change, least data is transferred by catar in 2.',
  );
  assert.match(
    words(info, close, ['edit', 'edit'])['Answer']!,
    'least data is transferred by several alike in 2.',
  );
  assert.match(
    words(info, worse, ['edit', 'edit'])['Answer']!,
    'least data is transferred by oci-gzip in 1 and catar in 1.',
  );
});

test('modelled time is told for one link, with ties within the error of the model', () => {
  const times = (model: string, first: number, second: number): Records =>
    [first, second].map((ms, step) =>
      sampleRecord(model, 'transfer.network_ms', ms, {
        image: info.images[step + 1]!.id,
        client: 'previous',
        link: 'dsl-20ms',
      }),
    );
  const own = [
    ...records,
    ...times('g', 900, 1100),
    ...times('c', 90, 110),
    ...times('x', 94, 115),
  ];
  assert.is(
    words(info, own)['Modelled time'],
    'Modelled over DSL, 16 Mb/s, 20 ms, catar takes least for a mean update: 100 ms, against 1,000 ms by oci-gzip. x ties with it, within the error of the model or as steps differ.',
  );
  assert.is(words(info, records)['Modelled time'], undefined);
});

test.run();
