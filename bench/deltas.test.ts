import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { deltas } from './deltas.ts';
import { madeRecords, toldOf } from './made-records.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(deltas.packed);
const MB = 1e6;

/** Layers of 20 MB, chunk stores that pull `store` MB an update, deltas of `delta` MB. */
function made(
  store: readonly number[],
  delta: readonly number[],
  skip: (model: string) => boolean = () => false,
): Records {
  const images = ['t0', 't1', 't2', 't3'].slice(0, store.length + 1);
  return madeRecords({
    images,
    models,
    skipped: (model) => (skip(model) ? 'it is not installed' : undefined),
    number(image, model, measure, client = '-') {
      const update = images.indexOf(image) - 1;
      if (skip(model)) throw new Error('a skipped model was read');
      if (client === 'none') return 20 * MB;
      if (measure === 'delta.bytes') return delta[update]! * MB;
      if (measure === 'stored.delta_bytes') return 3 * MB;
      if (measure === 'stored.bytes') return 60 * MB;
      if (measure.endsWith('_ms')) return 1000 * (update + 1);
      if (model.startsWith('tar|')) return 20 * MB;
      return (model.includes('|') ? store : delta)[update]! * MB;
    },
  });
}

test('the claim is decided by the engine', async () => {
  const word = async (store: readonly number[], delta: readonly number[]): Promise<string> =>
    /\*\*(.*?)\*\*/.exec(textsOf(await deltas.verdict(made(store, delta)))[0]!)?.[1] ?? '';
  assert.is(await word([10, 4, 10], [4.8, 1.9, 4]), 'confirmed');
  // Half is on the bar.
  assert.is(await word([10, 4, 10], [5, 1.9, 4]), 'too close');
  assert.is(await word([10, 4, 10], [5.2, 2.1, 6]), 'refuted');
});

test('numbers stand behind it', async () => {
  const findings = await deltas.verdict(made([10, 4], [1, 2]));
  const [claim, ...lines] = textsOf(findings);
  assert.match(claim!, 'undecided: n = 2 steps, at least 3 would decide');
  assert.match(
    lines[0]!,
    'Best delta ÷ best store: 10.0 … 50.0 % in 2 updates, 1.00 … 2.00 MB against 4.00 … 10.00 MB; layer 20.00 MB.',
  );
  assert.match(lines[1]!, 'bsdiff:predecessors=1 7.5 %');
  const shares = toldOf(findings[2]!.figures).filter((one) => one.includes('bsdiff'));
  assert.equal(shares, [
    't1, of delta ÷ layer, model bsdiff:predecessors=1: 0.05',
    't2, of delta ÷ layer, model bsdiff:predecessors=1: 0.1',
  ]);
  assert.match(lines[2]!, 'zstd-patch:level=3,predecessors=1 2 deltas, 3.00 MB (+5.0 %)');
  assert.match(lines[2]!, 'zstd-patch:level=3,predecessors=4 3 deltas');
  assert.match(lines[3]!, 'The smallest chunk store, per-file, keeps the series in 60.00 MB');
  assert.match(lines[4]!, 'bsdiff:predecessors=1 1.5 s and 1.5 s');
});

test('what was skipped is said and not read; without a delta or an update nothing is decided', async () => {
  const some = textsOf(
    await deltas.verdict(made([10, 4, 4], [1, 1, 1], (model) => model.startsWith('bsdiff'))),
  );
  assert.match(some[0]!, '**confirmed**');
  assert.match(some.at(-1)!, 'bsdiff:predecessors=1 was skipped: it is not installed');
  const none = textsOf(
    await deltas.verdict(made([10, 4], [1, 2], (model) => !model.includes('|'))),
  );
  assert.match(
    none[0]!,
    'undecided: a series with at least three updates, and the programs that make deltas',
  );
  assert.is(none.length, 7);
  assert.match(
    textsOf(await deltas.verdict(made([], [])))[0]!,
    'C31 pairwise binary deltas transfer far less than chunk stores: undecided: a series of at least two',
  );
});

test.run();
