import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { datasetNames } from '../../src/datasets/mod.ts';
import { resolveLinks } from '../../src/links/mod.ts';
import { resolveModels } from '../../src/models/mod.ts';
import { methodsPath } from '../../src/report/measure-reference.ts';
import { experiments } from '../mod.ts';
import { claims } from './mod.ts';

const MOST_STATEMENT = 25;
const MOST_QUOTE = 30;
const MOST_NAME = 4;

function words(text: string): number {
  // Signs, and numbers with their units, are words as well.
  return text.split(/\s+/).length;
}

test('ids are unique, and of the debate', () => {
  const ids = claims.map(({ id }) => id);
  assert.equal([...new Set(ids)], ids);
  for (const id of ids) assert.match(id, /^[CT]\d\d(-[a-z]+)?$/);
  const numbers = ids.map((id) => id.slice(0, 3));
  assert.equal(numbers.toSorted(), numbers, 'in order');
});

test('a statement has at most 25 words, a quote at most 30, a name at most 4', () => {
  for (const { id, name, statement, said } of claims) {
    assert.ok(words(statement) <= MOST_STATEMENT, `${id}: ${words(statement)} words`);
    assert.match(statement, /\.$/, id);
    assert.ok(words(name) <= MOST_NAME, `${id}: ${name}`);
    assert.ok(said.length > 0, `nobody says ${id}`);
    for (const { quote = '', date } of said) {
      assert.ok(words(quote) <= MOST_QUOTE, `${id}: ${quote}`);
      assert.match(date, /^(undated|\d{4}(-\d\d(-\d\d)?)?)$/, id);
    }
  }
});

test('what a claim asks for is there', () => {
  for (const { id, datasets, packed = [], swept = [], links = [], experiment } of claims) {
    assert.ok(datasets.length > 0, id);
    for (const name of datasets) assert.ok(datasetNames().includes(name), `${id}: ${name}`);
    const isMeasured = resolveModels([...packed, ...swept]).length > 0;
    assert.is(isMeasured, experiment === undefined, id);
    if (experiment)
      assert.ok(
        experiments.some(({ name }) => name === experiment),
        id,
      );
    resolveLinks(links);
    for (const model of resolveModels(swept)) assert.match(model, /\|none\|/, id);
  }
});

test('a bar decides something: what is alike beyond it is larger than what is too close', () => {
  for (const { id, bar, whyNone } of claims) {
    assert.ok(bar.resolution >= 0 && Number.isFinite(bar.value), id);
    if (bar.value !== 0) assert.ok(Math.abs(bar.value) > bar.resolution, id);
    assert.match(whyNone, /would decide/, id);
  }
});

test('METHODS.md has the bar of every claim, with its reason, and of no other', () => {
  const methods = readFileSync(methodsPath, 'utf8');
  const section = methods.split(/^## /m).find((part) => part.startsWith('Claims\n')) ?? '';
  const ids = [...section.matchAll(/^\| `([^`]*)` \| [^|]+ \| [^|]+ \|$/gm)].map(([, id]) => id!);
  assert.equal(
    ids,
    claims.map(({ id }) => id),
  );
});

test.run();
