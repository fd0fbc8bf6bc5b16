import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { acrossText, judgeAcross, type PlaceVerdict } from './across.ts';
import type { Word } from './judge.ts';

const on = (dataset: string, text: string, kind = '-'): PlaceVerdict => ({
  dataset,
  kind,
  word: text.startsWith('depends') ? 'depends' : (text as Word),
  text,
});
const told = (...all: readonly PlaceVerdict[]): string => acrossText(judgeAcross(all));

test('one that is too close or undecided beside a verdict is told, and is no flip', () => {
  assert.is(told(on('a', 'confirmed'), on('b', 'too close')), 'confirmed (a; too close on b)');
  assert.is(told(on('b', 'undecided'), on('a', 'refuted')), 'refuted (a; undecided on b)');
  assert.is(
    told(on('a', 'too close'), on('b', 'confirmed'), on('c', 'undecided'), on('d', 'confirmed')),
    'confirmed (b, d; too close on a; undecided on c)',
  );
  assert.is(told(on('a', 'too close'), on('b', 'undecided')), 'too close (a; undecided on b)');
  assert.is(told(on('a', 'confirmed'), on('b', 'confirmed')), 'confirmed');
  assert.is(told(), 'undecided');
});

test('confirmed and refuted is a flip, over what tells them apart', () => {
  assert.is(
    told(on('a', 'confirmed'), on('b', 'refuted'), on('c', 'too close')),
    'depends on the dataset (confirmed on a; refuted on b; too close on c)',
  );
  assert.is(
    told(on('a', 'confirmed', 'update'), on('a', 'refuted', 'release')),
    'depends on the kind of step (confirmed on a update; refuted on a release)',
  );
  const [both] = [
    judgeAcross([
      on('a', 'confirmed', 'update'),
      on('a', 'refuted', 'release'),
      on('b', 'refuted', 'update'),
    ]),
  ];
  assert.is(both!.text, 'depends on the dataset and the kind of step');
});

test('a dependence within a dataset is the verdict, and of several each is told with its dataset', () => {
  assert.is(
    told(on('a', 'confirmed'), on('b', 'depends on the format')),
    'depends on the format (b; confirmed on a)',
  );
  assert.is(
    told(on('a', 'depends on the step'), on('b', 'too close'), on('c', 'depends on the format')),
    'depends (on the step on a; on the format on c; too close on b)',
  );
});

const TEXTS = ['confirmed', 'refuted', 'too close', 'undecided', 'depends on x', 'depends on y'];
const verdicts: fc.Arbitrary<readonly PlaceVerdict[]> = fc
  .array(fc.tuple(fc.constantFrom(...TEXTS), fc.constantFrom('update', 'release')), {
    minLength: 1,
    maxLength: 7,
  })
  .map((all) => all.map(([text, kind], place) => on(`d${place}`, text, kind)));

const has = (all: readonly PlaceVerdict[], word: Word): boolean =>
  all.some((one) => one.word === word);

test('it depends on the dataset if, and only if, one confirms and another refutes', () => {
  fc.assert(
    fc.property(verdicts, (all) => {
      const isFlip = has(all, 'confirmed') && has(all, 'refuted');
      assert.is(judgeAcross(all).text === 'depends on the dataset', isFlip);
    }),
  );
});

test('what does not decide leaves the word that the others have', () => {
  fc.assert(
    fc.property(
      verdicts,
      fc.array(fc.constantFrom('too close', 'undecided'), { maxLength: 3 }),
      (all, more) => {
        const decided = all.filter(({ word }) => word !== 'too close' && word !== 'undecided');
        if (decided.length === 0) return;
        const beside = more.map((text, place) => on(`more${place}`, text));
        const { word, text } = judgeAcross(decided);
        const found = judgeAcross([...decided, ...beside]);
        assert.equal([found.word, found.text], [word, text]);
        for (const { dataset, text: own } of beside) {
          const part = found.where!.split('; ').find((one) => one.startsWith(`${own} on `))!;
          assert.ok(part.slice(`${own} on `.length).split(', ').includes(dataset));
        }
      },
    ),
  );
});

test('order changes nothing of the word, and each place is named once where not all say the same', () => {
  fc.assert(
    fc.property(verdicts, fc.infiniteStream(fc.nat()), (all, keys) => {
      const { word, text, where } = judgeAcross(all);
      const shuffled = all
        .map((one) => ({ one, key: keys.next().value }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one);
      const other = judgeAcross(shuffled);
      assert.equal([other.word, other.text], [word, text]);
      const isOne = new Set(all.map((one) => one.text)).size === 1;
      assert.is(where === undefined, isOne);
      const words = where?.split(/[\s,;]+/) ?? [];
      for (const { dataset } of isOne ? [] : all) {
        assert.is(words.filter((one) => one === dataset).length, 1, `${dataset} in ${where}`);
      }
    }),
  );
});

test.run();
