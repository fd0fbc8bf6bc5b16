import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { UsageError } from '../errors.ts';
import { sampleInfo } from '../testing/sample-run.ts';
import {
  type AskedRun,
  checkSame,
  differences,
  identityDigest,
  joined,
  type RunIdentity,
} from './identity.ts';

const known: RunIdentity = sampleInfo([{ id: 'a' }, { id: 'b' }]);
const other = { ...known.dataset, digest: `sha256:${'9'.repeat(64)}` };

test('the same run differs in nothing', () => {
  assert.equal(differences(known, { ...known }), []);
  assert.is(identityDigest(known), identityDigest({ ...known }));
});

const changes: Readonly<Record<string, Partial<RunIdentity>>> = {
  'it holds a comparison of models, not the experiment speed': { experiment: 'speed' },
  'it is of dataset made-up@sha256:000000000000…, not dataset made-up@sha256:999999999999…': {
    dataset: other,
  },
  'it lacks the model c': { models: [...known.models, { id: 'c' }] },
  'it has the model b that this one lacks': { models: known.models.slice(0, 1) },
  'it has 2 images (two, …) that this one lacks': { planned: ['one'] },
  'a was measured when its chunker cut otherwise (CHANGELOG, methodology)': {
    models: [{ id: 'a', revision: 2 }, ...known.models.slice(1)],
  },
  'it lacks the link far': {
    links: [...known.links, { id: 'far', title: 'Far', roundTripMs: 1, bandwidth: 1 }],
  },
};

for (const [phrase, change] of Object.entries(changes)) {
  test(phrase, () => {
    const wanted = { ...known, ...change };
    assert.equal(differences(known, wanted), [phrase]);
    assert.is.not(identityDigest(known), identityDigest(wanted));
  });
}

const hintOf = (more: Partial<AskedRun>): string => {
  try {
    checkSame(known, { ...known, directory: 'out', extend: false, ...more });
  } catch (error) {
    return (error as UsageError).remedy;
  }
  throw new Error('not refused');
};

test('a hint offers to add only what can be added', () => {
  const replace = 'give another --out, or --fresh to replace it';
  const models = [{ id: 'c' }];
  assert.match(hintOf({ models }), '--extend to add');
  assert.match(hintOf({ models, links: [], planned: ['one'] }), '--extend to add');
  assert.is(hintOf({ models, dataset: other }), replace);
  assert.is(hintOf({ models: [{ id: 'a', revision: 2 }] }), replace);
  assert.is(hintOf({ dataset: other, extend: true }), replace);
});

test('what an experiment finds out by itself is no difference', () => {
  const { models: _, links: __, ...open } = known;
  assert.equal(differences(known, open), []);
});

test('adding keeps what is there in its order', () => {
  assert.equal(joined(['b', 'a'], ['c', 'a']), ['b', 'a', 'c']);
});

test.run();
