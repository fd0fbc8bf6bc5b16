import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import { madeRecords } from '../made-records.ts';
import type { Records } from '../records.ts';
import type { RangeAnswer } from '../time-model/laboratory/ranges.ts';
import { rangeSentences } from '../time-model/verdict.ts';
import { rangesAreUnreliable } from './c17-ranges.ts';
import { flatScales } from './c26-root.ts';
import { fewBytesToStart } from './c32-lazy-start.ts';
import { hashingBounds } from './c35-hash.ts';
import { timeIsPredicted } from './c36-time-model.ts';
import { judgeClaim } from './claim.ts';

/** Claims about servers and clocks, and about what is larger than any image here. */

const none = madeRecords({ images: ['one'], models: [], number: () => 0 });

test('C26-entries: the root grows with the entries, and flips later on a wider link', async () => {
  const records = madeRecords({
    images: ['t0', 't1', 't2', 't3'],
    models: resolveModels(flatScales.packed!),
    number: (_image, _model, measure) => {
      if (measure === 'image.entries') return 5000;
      return measure === 'transfer.metadata_bytes' ? 1_000_000 : 1000;
    },
  });
  const [verdict] = await judgeClaim(flatScales, records, 'made');
  assert.is(verdict!.text, 'depends on the number of entries');
  // Three steps, nine links.
  assert.is(verdict!.flipsAt.length, 27);
  // At 100 Mb/s the root of 5000 entries takes 80 ms: 1000 ms become 1100 with 1.25 times as many more.
  const flipsOf = (bandwidth: number): number =>
    Math.log10(
      verdict!.cases.find((one) => one.parameters['bandwidth'] === bandwidth && one.value! > 1.1)!
        .parameters['entries'] as number,
    );
  assert.equal([16e6, 100e6, 1000e6].map(flipsOf), [4, 5, 5]);
  const at = verdict!.cases.find(
    ({ parameters }) => parameters['bandwidth'] === 100e6 && parameters['entries'] === 1e4,
  );
  assert.ok(Math.abs(at!.value! - 1.08) < 1e-9);
});

test('C17: one request that a server does not answer by parts is enough', async () => {
  const answers = (isMultipart: boolean): readonly RangeAnswer[] =>
    ['2 ranges', '16 ranges'].map((asked) => ({
      asked,
      status: 206,
      bytes: 1,
      isMultipart: isMultipart || asked === '2 ranges',
      isComplete: true,
    }));
  const word = async (...servers: readonly boolean[]): Promise<string> => {
    const observed = rangeSentences(servers.map((one, at) => [`s${at}`, answers(one)] as const));
    return (await judgeClaim(rangesAreUnreliable, { ...none, observed }, 'made'))[0]!.text;
  };
  assert.is(await word(true, true), 'refuted');
  assert.is(await word(false), 'confirmed');
  assert.is(await word(true, false), 'depends on the server');
  assert.is(await word(), 'undecided');
});

function timed(measures: Readonly<Record<string, readonly object[]>>, busy?: string): Records {
  const links = ['a', 'b', 'c'].map((id) => ({ id, roundTripMs: 20, bandwidth: 1e6 }));
  const find = (measure: string, model: string): number | undefined =>
    (measures[measure] as { model: string; value: number }[] | undefined)?.find(
      (one) => one.model === model,
    )?.value;
  return {
    ...none,
    ...(busy === undefined ? {} : { busy }),
    view: {
      info: { links },
      of: (measure: string) => measures[measure] ?? [],
      number: (_image: string, model: string, measure: string) => find(measure, model),
    } as never,
  };
}

test('C36: errors of either sign count, and a busy machine decides nothing', async () => {
  const errors = (...values: readonly number[]): Readonly<Record<string, readonly object[]>> => ({
    'transfer.model_error': values.map((value, at) => ({ model: 'm', link: 'abc'[at], value })),
  });
  const judged = async (records: Records) =>
    (await judgeClaim(timeIsPredicted, records, 'made'))[0]!;
  assert.is((await judged(timed(errors(0.01, -0.02, 0.05)))).word, 'confirmed');
  assert.is((await judged(timed(errors(-0.2, -0.3, -0.4)))).word, 'refuted');
  const busy = await judged(timed(errors(0.01, -0.02, 0.05), 'the machine was busy'));
  assert.equal(
    [busy.word, busy.where],
    ['undecided', 'the machine was busy; an idle machine would decide'],
  );
});

test('C35: what takes longer is told by chunker, within the noise neither', async () => {
  const rates = (...own: readonly number[]): Readonly<Record<string, readonly object[]>> => {
    const models = ['digest:sha256 of node:crypto', 'rabin:avg=8KiB', 'fastcdc:avg=8KiB'];
    const of = (values: readonly number[]) =>
      values.map((value, at) => ({ image: 'one', model: models[at]!, value }));
    return {
      'speed.rate': [...of(own), { image: 'one', model: 'npm:rabin-wasm', value: 1 }],
      'speed.average': of([0, 8192, 8192]).slice(1),
      'speed.noise_floor': [{ image: 'one', model: models[1], value: 0.1 }],
    };
  };
  const text = async (...own: readonly number[]): Promise<string> =>
    (await judgeClaim(hashingBounds, timed(rates(...own)), 'made'))[0]!.text;
  assert.is(await text(500, 1000, 2000), 'confirmed');
  assert.is(await text(500, 100, 2000), 'depends on the chunker');
  assert.is(await text(500, 480, 2000), 'too close');
});

test('C32: decided where both bounds lie on one side of the bar, too close between them', async () => {
  const bounds = (upper: readonly number[], lower: readonly number[]) =>
    timed({
      'lazy.bytes': upper.map((value, at) => ({
        image: 'one',
        program: `p${at}`,
        model: 'm',
        value,
      })),
      'lazy.touched_bytes': lower.map((value, at) => ({
        image: 'one',
        program: `p${at}`,
        model: 'm',
        value,
      })),
      'transfer.bytes': [{ model: resolveModels(['tar-zstd'])[0]!, value: 1000 }],
    });
  const judged = async (...given: Parameters<typeof bounds>) =>
    (await judgeClaim(fewBytesToStart, bounds(...given), 'made'))[0]!;
  assert.is((await judged([40, 30, 20], [4, 3, 2])).word, 'confirmed');
  assert.is((await judged([400, 300, 200], [90, 80, 70])).word, 'refuted');
  const close = await judged([400, 300, 20, 10, 5], [4, 3, 2, 1, 1]);
  assert.equal([close.word, close.n], ['too close', 5]);
  assert.match(close.where!, '2 of 5 cases');
});

test.run();
