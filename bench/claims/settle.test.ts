import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { letLoadPass } from './settle.ts';

/** What is told, and how long is waited, where the load falls by so much a second. */
async function settled(
  first: number,
  perSecond: number,
): Promise<{ readonly told: readonly string[]; readonly seconds: number }> {
  const told: string[] = [];
  let seconds = 0;
  await letLoadPass((text) => told.push(text), {
    load: () => first - perSecond * seconds,
    cores: 2,
    async wait(ms) {
      seconds += ms / 1000;
    },
  });
  return { told, seconds };
}

test('a machine with no more load than cores is not waited for', async () => {
  assert.equal(await settled(2, 0), { told: [], seconds: 0 });
});

test('load that passes is waited for, and load that stays no longer than a minute', async () => {
  const { told, seconds } = await settled(3, 0.1);
  assert.equal(told, ['load 3.0: waiting until it has passed, at most a minute']);
  assert.is(seconds, 10);
  assert.is((await settled(3, 0)).seconds, 60);
});

test.run();
