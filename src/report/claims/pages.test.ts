import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectDirectory } from '../../project.ts';
import { readRun } from '../../results/read.ts';
import { renderSvg } from '../render.ts';
import { summarise } from '../sentences/mod.ts';
import { createView } from '../view.ts';
import { issueMarkdown } from './issue.ts';
import { faultsOf } from './lint.ts';
import { claimMarkdown } from './markdown.ts';
import { claimPage } from './page.ts';
import type { ToldClaim, ToldVerdict } from './told.ts';

/** Every page below reports/claims that is committed or lies here: made from records of real images. */
const PAGES = join(projectDirectory, 'reports/claims');

test('committed pages are short, and no sentence has too much', () => {
  const names = existsSync(PAGES)
    ? readdirSync(PAGES).filter((name) => /^[ct].*\.md$/.test(name))
    : [];
  assert.ok(names.length > 3, 'no page of a claim is here');
  for (const name of names) {
    const text = readFileSync(join(PAGES, name), 'utf8');
    assert.equal(faultsOf(text), [], name);
    for (const title of ['Compared', 'Conditions', 'What would change it']) {
      assert.match(text, `**${title}.**`, name);
    }
    assert.match(text, /^ {4}bench claims /m, name);
    const [, chart] = /^!\[.*\]\((.*)\)$/m.exec(text) ?? [];
    if (chart !== undefined) assert.ok(existsSync(join(PAGES, chart)), `${name}: ${chart}`);
    const rows = text.split('\n').filter((line) => line.startsWith('| ')).length;
    assert.ok(rows <= 12 + 2, `${name}: ${rows} lines of a table`);
  }
});

test('the summary of the committed run follows the same rules: no sentence has too much', async () => {
  const { info, records } = await readRun(join(projectDirectory, 'reports/example'));
  const told = summarise(createView(info, records));
  assert.is(told[0]!.topic, 'Answer');
  for (const { topic, text } of told) assert.equal(faultsOf(text), [], topic);
});

test('an issue of the committed run, and of a claim on it, takes at most 2 kB and eight models', async () => {
  const run = await readRun(join(projectDirectory, 'reports/example'));
  const texts = [
    issueMarkdown(run),
    issueMarkdown(run, {
      claim,
      verdicts: [{ ...verdict([[0, 1]]), kind: 'update' }],
      models: run.info.models.map(({ id }) => id),
    }),
  ];
  for (const text of texts) {
    assert.ok(Buffer.byteLength(text) <= 2048, String(Buffer.byteLength(text)));
    assert.match(text, `${run.info.dataset.id}@${run.info.dataset.digest}`);
    assert.match(text, /ocibench \S+, method \d+/);
    assert.match(text, /^ {4}bench /m);
    const lines = text.split('\n').filter((line) => line.startsWith('| '));
    assert.ok(lines.length >= 2 + 4 && lines.length <= 2 + 8, `${lines.length} lines`);
  }
  assert.match(texts[0]!, /^\| per-file \| (?:\+[\d.]+ [kM]B \| )+242 \| sparse files \|$/m);
  assert.match(texts[1]!, /^\| catar \|.* hard links/m);
});

test('the check finds a long page, a long sentence, and one of many figures; a table is no sentence', () => {
  const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');
  assert.equal(faultsOf(`${words(40)}.\n\n| 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 |`), []);
  assert.match(faultsOf(`${words(41)}.`)[0]!, '41 words in one sentence');
  assert.match(faultsOf('It is 1, 2 %, 3.5, 4/5, (6–7), −8, +9 and 10 and 11.')[0]!, '9 figures');
  assert.equal(
    faultsOf('Ours is 1 of 2. It lies from 3 to 4 MiB, 5 KiB to 6. 7 of 8 are. And 9.'),
    [],
  );
  const long = Array.from({ length: 12 }, () => `W${words(30).slice(1)}.`).join(' ');
  assert.equal(faultsOf(long), ['360 words, at most 350']);
});

const bar = { unit: 'ratio', side: 'at most', value: 1.05, resolution: 0.021 } as const;
const claim: ToldClaim = {
  id: 'C99',
  name: 'made <up>',
  statement: 'An average of 64 KiB is best.',
  said: [{ who: 'Somebody', where: 'a list', date: '2024', quote: 'it *is*' }],
  axes: [{ name: 'request', title: 'the cost of a request', print: (ms) => `${ms} ms a request` }],
  bar,
  compared: 'cost ÷ least cost at most 1.05',
  reason: 'beyond the resolution',
  models: [
    'catar|rabin|none|objects|get',
    'catar|ae|none|objects|get',
    'catar|ram|none|objects|get',
  ],
  command: 'bench claims C99',
};

function verdict(values: readonly (readonly [request: number, value: number])[]): ToldVerdict {
  return {
    dataset: `made@sha256:${'0'.repeat(64)}`,
    kind: 'update',
    verdict: 'depends',
    text: 'depends on the cost of a request and the step',
    where:
      'met in 2 of 4 cases, not met in 2; below 1 ms a request in 1 of 2 updates; nowhere in 1',
    on: ['request', 'step'],
    flipsAt: [],
    figure: { least: 1, median: 1.1, most: 3 },
    n: 2,
    stability: 1,
    cases: values.map(([request, value]) => ({ step: 't1', parameters: { request }, value })),
  };
}

test('rows have the median and the ends of their cases, and say which are met', async () => {
  const own = verdict([
    [0, 1],
    [0, 1.02],
    [1, 1.04],
    [1, 1.2],
    [2, 3],
  ]);
  const page = claimPage(claim, [own], {
    version: '0',
    method: 1,
    recordsOf: () => 'run/records.jsonl',
  });
  assert.equal(
    page.table!.rows.map((row) => row.map(({ text }) => text)),
    [
      ['0', '1.01 (1.00–1.02)', '2/0/0'],
      // 1.04 lies within the resolution of the bar.
      ['1', '1.12 (1.04–1.20)', '0/1/1'],
      ['2', '3.00', '0/0/1'],
    ],
  );
  assert.is(page.table!.columns[0]!.title, 'cost of a request, ms');
  assert.is(page.table!.note, 'Cases differ in step (from image to image) and cost of a request.');
  const terse = claimPage(
    claim,
    [own],
    { version: '0', method: 1, recordsOf: () => undefined },
    {
      isBrief: true,
      isTerse: true,
    },
  );
  assert.is(
    terse.facts.find(({ title }) => title === 'What would change it')!.text,
    'Another cost of a request or step.',
  );
  const text = claimMarkdown(page);
  assert.match(text, '# C99 made \\<up\\>');
  assert.match(text, 'Every case met at 0 ms a request. No case met at 1 to 2 ms a request.');
  assert.match(text, 'catar\\|\\{rabin, ae, ram\\}\\|none\\|objects\\|get');
  assert.match(
    text,
    '- **made, 2 updates: depends on the cost of a request and the step, met in 2 of 4 cases, not met in 2.** Below 1 ms a request in 1 of 2 updates. Nowhere in 1.',
  );
  assert.match(text, '[made](run/records.jsonl)');
  assert.equal(faultsOf(text), []);
  const svg = await renderSvg(page.chart!);
  assert.match(svg, 'Bar, dashed: at most 1.05');
  assert.match(svg, 'Cost ÷ least cost');
  assert.not.match(svg, /NaN|undefined/);
});

test('a published figure stands beside cases of the same quantity, and of no other', () => {
  const own = verdict([
    [0, 1],
    [1, 2],
    [1, 4],
  ]);
  const page = (ours?: Readonly<Record<string, number>>): string =>
    claimMarkdown(
      claimPage(
        { ...claim, published: [{ figure: '5×', dataset: 'theirs', ...(ours ? { ours } : {}) }] },
        [own],
        { version: '0', method: 1, recordsOf: () => undefined },
      ),
    );
  assert.match(
    page({ request: 1 }),
    '5× (theirs). Ours of the same on made update: 3.00 (2.00 to 4.00).',
  );
  assert.match(page({ request: 9 }), /ours\.\*\* 5× \(theirs\)\.\n/);
  assert.match(page(), '5× (theirs). Ours is measured otherwise.');
});

test('what would change a flip is which line flips first and which last', () => {
  const cases = ['t1', 't2'].flatMap((step, place) =>
    [0, 4].map((request) => ({
      step,
      parameters: { request },
      value: request === 0 ? 1 : 1.2 + place,
    })),
  );
  const own = { ...verdict([]), on: ['request'], flipsAt: [1, 2], cases };
  const told = { version: '0', method: 1, recordsOf: () => undefined };
  assert.match(
    claimMarkdown(claimPage(claim, [own], told)),
    /What would change it\.\*\* On made update: the first to flip is t2 at 0\.1\d+ ms a request, the last t1 at (1|0\.9+\d*|1\.0+\d*) ms a request\./,
  );
});

test('a distance between shares is in points', () => {
  const share = { ...bar, unit: 'share', value: 0.8, resolution: 0.016 } as const;
  const own = {
    ...verdict([[0, 0.9]]),
    verdict: 'confirmed',
    text: 'confirmed',
    margin: 0.089,
  } as const;
  const text = claimMarkdown(
    claimPage({ ...claim, bar: share }, [own], {
      version: '0',
      method: 1,
      recordsOf: () => undefined,
    }),
  );
  assert.match(text, 'Margin to the bar: at least 8.9 points.');
  assert.match(text, 'Nearer than 1.6 points to the bar is too close.');
});

test('values on both sides of zero, of which some are far greater, are drawn in decades around it', () => {
  const share = { ...bar, unit: 'share', value: 0.1, resolution: 0.02 } as const;
  const own = verdict([
    [0, -0.43],
    [1, 0.04],
    [2, 64],
  ]);
  const page = claimPage({ ...claim, bar: share }, [own], {
    version: '0',
    method: 1,
    recordsOf: () => undefined,
  });
  const spec = JSON.stringify(page.chart!.spec);
  assert.match(spec, '"type":"symlog","constant":2,"domain":[-100,10000]');
  assert.match(spec, '"values":[-100,-10,0,10,100,1000,10000]');
});

test('a share of bytes stands beside the bytes that it is of', () => {
  const share = { ...bar, unit: 'share', value: 0.05, resolution: 0.02 } as const;
  const own = verdict([
    [0, 0.01],
    [1, 1.305],
    [2, 0.04],
  ]);
  const amounts = [
    [101_000, 100_000],
    [60_000, 26_030],
    [1_040_000, 1_000_000],
  ] as const;
  const page = claimPage(
    { ...claim, bar: share },
    [{ ...own, cases: own.cases.map((one, place) => ({ ...one, bytes: amounts[place]! })) }],
    { version: '0', method: 1, recordsOf: () => undefined },
  );
  const text = claimMarkdown(page);
  assert.match(
    text,
    'The greatest, 130.5 %, is 60.0 kB beside 26.0 kB (t1, 1 ms a request). In the median they lie 34.0 kB apart.',
  );
});

test('a claim without a case has neither table nor chart, and says what would decide', () => {
  const { figure: _, stability: __, ...open } = verdict([]);
  const page = claimPage(
    claim,
    [
      {
        ...open,
        verdict: 'undecided',
        text: 'undecided',
        where: 'n = 0, three updates would decide',
        n: 0,
      },
    ],
    { version: '0', method: 1, recordsOf: () => undefined },
  );
  assert.is(page.table, undefined);
  assert.is(page.chart, undefined);
  assert.match(claimMarkdown(page), 'undecided.** n = 0, three updates would decide.');
  assert.match(claimMarkdown(page), 'made update: n = 0, three updates would decide.');
});

test.run();
