import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from './errors.ts';
import { findMember } from './ids.ts';
import { limits } from './limits.ts';
import { listed, shortened } from './listed.ts';

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `n${index}`);

test('a list is whole up to its limit, and says how many more there are beyond', () => {
  const { listedNames: most } = limits;
  assert.is(listed([]), '');
  assert.is(listed(names(most - 1)).split(', ').length, most - 1);
  assert.not.match(listed(names(most)), /more/);
  assert.match(listed(names(most + 1)), / and 1 more$/);
  assert.match(listed(names(20_000)), new RegExp(` and ${20_000 - most} more$`));
});

test('a name is whole up to its limit', () => {
  const { listedCharacters: most } = limits;
  for (const length of [most - 1, most]) assert.is(shortened('x'.repeat(length)).length, length);
  assert.is(shortened('x'.repeat(most + 1)), `${'x'.repeat(most)}…`);
});

test('no message is longer than its limit, whatever it is made of', () => {
  const { messageCharacters: most } = limits;
  const error = new InputError('x'.repeat(1_000_000), { entry: 'y'.repeat(65_536) }, 'mend it');
  assert.ok(error.toString().length < 3 * most);
  assert.match(error.toString(), /^InputError: x+….* — mend it$/);
  const members = names(20_000).map((name) => ({ name }));
  try {
    findMember('model', members, 'nothing like these');
    assert.unreachable();
  } catch (caught) {
    assert.ok(String(caught).length < 1000, String(caught));
    assert.match(String(caught), /known: n0, n1, .* more/);
  }
});

test.run();
