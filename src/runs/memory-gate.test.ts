import { truncateSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { createModel } from '../models/mod.ts';
import { directorySuite } from '../testing/directory.ts';
import { imageIn } from '../testing/images.ts';
import { sketchTree } from '../testing/trees.ts';
import { cellBytes, cellGate, MemoryGate } from './memory-gate.ts';

const test = directorySuite('memory gate');

/** Work that ends when it is told to. */
function held(): { readonly work: () => Promise<void>; begun: boolean; end: () => void } {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const one = {
    begun: false,
    end,
    work: () => {
      one.begun = true;
      return ended;
    },
  };
  return one;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what does not fit beside the others waits for them, and is then let in', async () => {
  const gate = new MemoryGate(100);
  const [first, second, third] = [held(), held(), held()];
  const all = [gate.within(60, first.work), gate.within(40, second.work)];
  all.push(gate.within(10, third.work));
  await settle();
  assert.equal([first.begun, second.begun, third.begun], [true, true, false]);
  second.end();
  await settle();
  assert.ok(third.begun);
  first.end();
  third.end();
  await Promise.all(all);
});

test('two workers hold a chunked cell beside one of the greatest pieces, but no two of these', async ({
  directory,
}) => {
  const large = imageIn(directory, 'large', sketchTree({})).descriptor;
  // Sparse.
  truncateSync(large.layers[0]!.path, 2 ** 34);
  const [solid, chunked] = [await createModel('tar-zstd'), await createModel('catar')];
  const gate = cellGate(2, Number.POSITIVE_INFINITY);
  const [first, second, third] = [held(), held(), held()];
  const all = [
    gate.within(cellBytes(large, solid), first.work),
    gate.within(cellBytes(large, chunked), second.work),
    gate.within(cellBytes(large, solid), third.work),
  ];
  await settle();
  assert.equal([first.begun, second.begun, third.begun], [true, true, false]);
  for (const one of [first, second, third]) one.end();
  await Promise.all(all);
});

test('what is larger than all memory begins alone, and is not passed by', async () => {
  const gate = new MemoryGate(100);
  const [small, large, after] = [held(), held(), held()];
  const all = [gate.within(1, small.work), gate.within(1000, large.work)];
  all.push(gate.within(1, after.work));
  await settle();
  assert.not(large.begun);
  assert.not(after.begun, 'it would fit, and is not let past');
  small.end();
  await settle();
  assert.ok(large.begun);
  await settle();
  assert.not(after.begun);
  large.end();
  await settle();
  assert.ok(after.begun);
  after.end();
  await Promise.all(all);
});

test('what fails gives back its memory', async () => {
  const gate = new MemoryGate(1);
  try {
    await gate.within(1, () => Promise.reject(new Error('no')));
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'no');
  }
  assert.is(await gate.within(1, () => Promise.resolve(7)), 7);
});

test.run();
