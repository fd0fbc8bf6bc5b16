import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from './errors.ts';
import { formatSize, type Member, nearest, parseSize, resolve } from './ids.ts';

const gear: Member = {
  name: 'gear',
  title: 'a chunker',
  source: 'this test',
  parameters: [
    {
      name: 'min',
      kind: 'bytes',
      description: '',
      default: (v) => Math.floor(Number(v['avg'] ?? 65536) / 4),
      minimum: 1,
    },
    { name: 'avg', kind: 'bytes', description: '', default: 65536, minimum: 64, maximum: 2 ** 20 },
    { name: 'mode', kind: 'word', description: '', default: 'a', words: ['a', 'b'] },
  ],
  check: (v) => (Number(v['min']) > Number(v['avg']) ? 'min is above avg' : undefined),
};

const refuses = (text: string, says: RegExp): void => {
  try {
    resolve('chunker', [gear], text);
  } catch (error) {
    assert.instance(error, UsageError);
    assert.match(String(error), says);
    return;
  }
  assert.unreachable(`${text} was accepted`);
};

test('an id states every parameter, and reading it again changes nothing', () => {
  for (const text of ['gear', 'gear:avg=8KiB', 'gear:avg=65535,mode=b', 'gear:min=1,avg=64']) {
    const { id } = resolve('chunker', [gear], text);
    assert.is(resolve('chunker', [gear], id).id, id);
  }
  assert.is(resolve('chunker', [gear], 'gear:avg=8K').id, 'gear:min=2KiB,avg=8KiB,mode=a');
});

test('a wrong id is refused with a remedy', () => {
  refuses('geer', /did you mean 'gear'/);
  refuses('gear:agv=1KiB', /did you mean 'avg'/);
  refuses('gear:avg=0', /64 to 1MiB/);
  refuses('gear:avg=1e999', /a size such as/);
  refuses('gear:avg=8KiB,avg=8KiB', /given twice/);
  refuses('gear:min=128KiB', /min is above avg/);
  refuses('gear:mode=c', /one of a, b/);
  refuses('Gear', /did you mean 'gear'/);
  refuses(' gear', /did you mean 'gear'/);
  refuses('__proto__', /unknown chunker/);
  refuses('gear:__proto__=1', /has no parameter/);
});

test('sizes print and parse to themselves', () => {
  for (const bytes of [0, 1, 1023, 1024, 65535, 65536, 3 * 2 ** 20, 2 ** 30]) {
    assert.is(parseSize(formatSize(bytes)), bytes);
  }
  assert.is(parseSize('-1'), undefined);
  assert.is(parseSize('1KB'), undefined);
});

test('suggestions stay near', () => {
  assert.is(nearest('fastdcd', ['fastcdc', 'rabin']), 'fastcdc');
  assert.is(nearest('zzzzzz', ['fastcdc', 'rabin']), undefined);
});

test.run();
