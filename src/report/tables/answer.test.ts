import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case, Figure, PlainFinding, VerdictFile } from '../../results/verdict.ts';
import { sampleInfo } from '../../testing/sample-run.ts';
import { findingsHtml, findingsMarkdown, findingsText } from '../findings.ts';
import { answerMarkdown } from '../markdown.ts';
import { createView, type View } from '../view.ts';
import { answerTables } from './answer.ts';

const info = sampleInfo([{ id: 'tar|whole|none|layers|get', alias: 'tar' }]);

function viewOf(cases: readonly Case[], figures: readonly Figure[] = []): View {
  const finding: PlainFinding = {
    statement: 'C16 it is less',
    verdict: 'refuted',
    cases,
    figures,
    text: 'C16 it is less: **refuted**.',
  };
  const verdict: VerdictFile = {
    experiment: 'made-up',
    title: 'Is it less?',
    dataset: 'made-up',
    method: 1,
    findings: [{ cases: [], figures: [], text: 'A remark.' }, finding],
    observed: [],
  };
  return createView(info, [], verdict);
}

const one: Case = {
  step: 'two',
  parameters: { of: 'bytes', model: 'tar|whole|none|layers|get' },
  value: 0.5,
  unit: 'share',
  side: 'at most',
  bar: 0.1,
  resolution: 0.002,
};

function rowsOf(view: View, most?: number): readonly (readonly string[])[] {
  return answerTables(view, most)[0]!.rows.map((cells) => cells.map(({ text }) => text));
}

test('a case is told with its finding, its place, its conditions, and whether it is met', () => {
  assert.equal(rowsOf(viewOf([one])), [
    ['2 C16 it is less', '1', 'two', 'bytes, model tar', '50.0 %', 'at most 10.0 %', 'no'],
  ]);
  assert.equal(rowsOf(viewOf([{ ...one, step: '*', value: undefined }]))[0]!.slice(2), [
    '–',
    'bytes, model tar',
    '–',
    'at most 10.0 %',
    'undecided',
  ]);
});

test('models and links are called as in the rest of the report', () => {
  const [row] = rowsOf(viewOf([{ ...one, parameters: { link: 'dsl-20ms' } }]));
  assert.is(row![3], 'link DSL, 16 Mb/s, 20 ms');
});

test('a case within the resolution of its bar is on no side of it', () => {
  const met = [0.5, 0.1019, 0.0981, 0.05].map(
    (value) => rowsOf(viewOf([{ ...one, value }]))[0]![6],
  );
  assert.equal(met, ['no', 'too close', 'too close', 'yes']);
});

test('a value beside its bar has as many decimals as tell them apart, in every unit', () => {
  const told = (parts: Partial<Case>): readonly string[] =>
    rowsOf(viewOf([{ ...one, ...parts }]))[0]!.slice(4, 6);
  assert.equal(told({ value: 0.1 }), ['10.0 %', 'at most 10.0 %']);
  assert.equal(told({ value: 0.10004 }), ['10.004 %', 'at most 10.000 %']);
  assert.equal(told({ unit: 'ratio', value: 1.0204, bar: 1.02, side: 'at least' }), [
    '1.0204 ×',
    'at least 1.0200 ×',
  ]);
  assert.equal(told({ unit: 'bytes', value: 4_194_305, bar: 4_194_304, side: 'at least' }), [
    '4,194,305 B',
    'at least 4,194,304 B',
  ]);
  assert.equal(told({ unit: 'KiB', value: 64, bar: 16, side: 'at most' }), [
    '64 KiB',
    'at most 16 KiB',
  ]);
});

test('of many cases, a summary keeps those nearest to their bars, in order, and says so', () => {
  const many = Array.from({ length: 40 }, (_, place) => ({ ...one, value: (40 - place) / 100 }));
  const kept = rowsOf(viewOf(many), 3).map(([, number, , , value]) => [number, value]);
  assert.equal(kept, [
    ['30', '11.0 %'],
    ['31', '10.0 %'],
    ['32', '9.0 %'],
  ]);
  assert.match(answerTables(viewOf(many), 3)[0]!.note, 'Left out here: 37 rows');
  assert.not.match(answerTables(viewOf(many))[0]!.note, 'left out');
});

test('of many cases, a summary keeps one on the other side of the bar, however far it is', () => {
  const many = Array.from({ length: 40 }, (_, place) => ({
    ...one,
    value: place === 20 ? 0.9 : 0.05,
  }));
  const kept = rowsOf(viewOf(many), 3).map(([, number]) => number);
  assert.equal(kept, ['1', '2', '21']);
});

test('figures stand in a table of their own, below the sentences that sum them up', () => {
  const { side: _, bar: __, ...figure } = one;
  const markdown = answerMarkdown(viewOf([], [figure])).join('\n');
  assert.match(markdown, '1. A remark.\n2. C16 it is less: **refuted**.');
  assert.match(markdown, '| 2 C16 it is less | two | bytes, model tar | 50.0 % |');
  assert.not.match(markdown, '## Cases');
});

test('a claim is told beside its rows without its conditions; claims stand above the findings', () => {
  const view = viewOf([one]);
  const statement = `C16 one blob (at most 2 % more) is as good as a chunk store in ${'very '.repeat(20)}many ways`;
  const finding = { ...view.verdict!.findings[1]!, statement };
  const answered = createView(info, [], {
    ...view.verdict!,
    claims: 'C16 one | two',
    findings: [finding],
  });
  const name = rowsOf(answered)[0]![0]!;
  assert.match(name, /^1 C16 one blob is as good as a chunk store in very .*…$/);
  assert.is(name.length, 72);
  assert.match(answerMarkdown(answered)[0]!, 'Claims: C16 one \\| two.\n\n1. C16');
});

test('names in findings are text in Markdown and in HTML; the word of the verdict alone is strong', () => {
  const evil = 'a|b `c` <img src=x> **bold** [d](e)';
  const text = `it is ${evil}: **refuted**. In ${evil}.`;
  const findings = [
    { statement: `it is ${evil}`, verdict: 'refuted', cases: [], figures: [], text },
    { cases: [], figures: [], text: `only ${evil}` },
  ];
  const plain = 'a\\|b \\`c\\` \\<img src=x\\> \\*\\*bold\\*\\* \\[d\\](e)';
  assert.is(
    findingsMarkdown({ findings }),
    `1. it is ${plain}: **refuted**. In ${plain}.\n2. only ${plain}`,
  );
  const html = findingsHtml({ findings });
  assert.equal(html.match(/<[a-z]+/g), ['<ol', '<li', '<strong', '<li']);
  assert.match(html, '<strong>refuted</strong>');
  assert.match(findingsText({ findings }), `1. ${text}`);
});

test.run();
