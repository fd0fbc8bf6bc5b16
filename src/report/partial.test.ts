import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPartialReports } from './partial.ts';

test('reports are written one at a time, pause for long enough, and a fault ends nothing', async () => {
  let [time, written] = [0, 0];
  let end = (): void => {};
  const after = createPartialReports(
    () => {
      written++;
      return new Promise<void>((resolve, reject) => {
        end = written === 2 ? () => reject(new Error('no space')) : resolve;
      });
    },
    () => time,
  );
  const first = after();
  await after();
  assert.is(written, 1);
  time = 100;
  end();
  await first;
  // It took 100 ms: 1900 ms later is the earliest.
  time = 1999;
  await after();
  assert.is(written, 1);
  time = 2000;
  const second = after();
  end();
  await second;
  assert.is(written, 2);
  const third = after();
  time += 100;
  end();
  await third;
  assert.is(written, 3);
  await after();
  assert.is(written, 3);
  const whole = after(true);
  end();
  await whole;
  assert.is(written, 4);
});

test.run();
