import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { readResponses, valuesOf } from './responses.ts';
import type { Explored } from './unit.ts';

const LINKS = ['dsl-20ms', '100m-1ms'];

test('what a step adds is the difference of sums alone: new bytes are of the step already, quotients of sums stay', () => {
  const of = (measure: string, values: readonly number[]): readonly number[] => {
    const [response] = readResponses([measure], LINKS);
    const measurements = values.map((value, at) => ({
      image: `i${at}`,
      client: '-',
      measure,
      value,
    }));
    const images = values.map((_, at) => `i${at}`);
    const found = valuesOf({ measurements } as unknown as Explored, response!, images);
    return [...found.values()].map(({ value }) => value);
  };
  assert.equal(of('stored.bytes', [100, 130, 150]), [30, 20]);
  assert.equal(of('dedup.new_bytes', [100, 30, 20]), [100, 30, 20]);
  assert.equal(of('dedup.ratio', [1, 1.5, 1.8]), [1, 1.5, 1.8]);
});

test('a measure given twice is one, and its title says what the client holds', () => {
  const found = readResponses(['transfer.bytes', 'stored.bytes', 'transfer.bytes@previous'], LINKS);
  assert.equal(
    found.map(({ id }) => id),
    ['transfer.bytes@previous', 'stored.bytes'],
  );
  assert.match(found[0]!.title, /, client with the previous image$/);
});

test('a client or link that is unknown, one too many, and a link of a measure without links are refused', () => {
  for (const text of [
    'transfer.network_ms@previous@nolink',
    'transfer.bytes@previous@none',
    'transfer.network_ms@previous@dsl-20ms@x',
    'transfer.network_ms@dsl-20ms@100m-1ms',
    'transfer.bytes@previous@dsl-20ms',
  ]) {
    assert.throws(
      () => readResponses([text], LINKS),
      (error: unknown) => error instanceof UsageError,
      text,
    );
  }
  const [one] = readResponses(['transfer.network_ms@previous@100m-1ms'], LINKS);
  assert.equal([one!.client, one!.link], ['previous', '100m-1ms']);
});

test.run();
