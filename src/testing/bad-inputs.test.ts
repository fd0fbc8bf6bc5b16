import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { badInputs } from './bad-inputs.ts';

/** Numbers at the start of the names of tests: `test('3, 7 …`, `test('56–63 …`. */
const NAMES = /\btest\(\s*['`]((?:\d+(?:–\d+)?)(?:, \d+(?:–\d+)?)*) /g;

function numbersIn(text: string): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (const [, list] of text.matchAll(NAMES)) {
    for (const part of list!.split(', ')) {
      const [first, last = first] = part.split('–').map(Number);
      for (let number = first!; number <= last!; number++) numbers.add(number);
    }
  }
  return numbers;
}

const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const textOf = (name: string): string =>
  readFileSync(new URL(`../${name}.test${extension}`, import.meta.url), 'utf8');

test('every group of bad inputs has a test of its number where the table says', () => {
  assert.is(badInputs.length, 78);
  for (const { number, input, test: name } of badInputs) {
    assert.ok(numbersIn(textOf(name)).has(number), `${number} (${input}) has no test in ${name}`);
  }
});

test('a number that no name begins with is not found', () => {
  const numbers = numbersIn(`test('3, 7 a'); test(\n  \`56–58 b\`); test('x 9'); rest('4 no')`);
  assert.equal([...numbers], [3, 7, 56, 57, 58]);
});

test.run();
