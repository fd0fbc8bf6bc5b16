import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../errors.ts';
import { lackOfTime, unless } from '../needs.ts';
import { fuzz } from './fuzz.ts';
import { type Target, targets } from './targets.ts';

/** A short run from one seed; CI goes on for a minute from another one each time. */
const SEED = 20_261_124;
const RUNS = 500;

const slow = unless(test, lackOfTime());

for (const target of targets) {
  slow(
    `hostile input to ${target.name} ends in a result that holds or in a typed error`,
    async () => {
      const finding = await fuzz(target, SEED, RUNS);
      assert.ok(finding === undefined, finding?.report);
    },
  );
}

const reading = (read: (input: number) => void): Target => ({
  name: 'made up',
  property: () => fc.asyncProperty(fc.nat() as fc.Arbitrary<unknown>, async (n) => read(Number(n))),
});

test('what breaks is found, made small, and told with its seed', async () => {
  const finding = await fuzz(
    reading((input) => {
      if (input > 1000) throw new TypeError(`no table for ${input}`);
    }),
    SEED,
    RUNS,
  );
  assert.match(finding!.report, /^\[1001\]\n.*no table for 1001/s);
  assert.is(finding!.seed, SEED);
});

slow('memory that grows without bound is found', async () => {
  const kept: Uint8Array[] = [];
  const target: Target = {
    name: 'made up',
    property: (_directory, ended) =>
      fc.asyncProperty(fc.nat() as fc.Arbitrary<unknown>, async (_input) => {
        kept.push(new Uint8Array(64 << 20).fill(1));
        ended();
      }),
  };
  assert.match((await fuzz(target, SEED, 20))!.report, /memory grew by \d+ MiB/);
  kept.length = 0;
});

test('typed errors are no findings of targets', async () => {
  const documents = targets.find(({ name }) => name === 'documents')!;
  assert.is(await fuzz(documents, 1, 20), undefined);
  const refusing = reading(() => {
    throw new InputError('typed, but thrown past the target');
  });
  assert.match((await fuzz(refusing, 1, 1))!.report, /typed, but thrown past/);
});

test.run();
