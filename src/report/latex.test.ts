import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleInfo, sampleSeries, sampleSteps } from '../testing/sample-run.ts';
import { escapeLatex, latexTables } from './latex.ts';
import { createView } from './view.ts';

test('every row has as many cells as the table has columns, and its numbers stand right', () => {
  const info = sampleInfo([{ id: 'g', alias: 'oci-gzip' }, { id: 'c_d&e' }]);
  const own = info.models.flatMap(({ id }) => sampleSeries(info, id, [30, 10, 5], [3, 3, 3]));
  const text = latexTables(createView(info, [...sampleSteps(info), ...own]));
  const [, columns] = /\\begin\{tabular\}\{([lr]+)\}/.exec(text)!;
  const [, body] = /\\midrule\n(.*?)\n\\bottomrule/s.exec(text)!;
  const rows = body!.split('\n').map((line) => line.replace(/ \\\\$/, '').split(' & '));
  assert.equal(
    rows.map(({ length }) => length),
    [columns!.length, columns!.length],
  );
  assert.equal(rows.map(([name]) => name!.trim()).toSorted(), ['c\\_d\\&e', 'oci-gzip']);
  assert.is(columns!.slice(0, 2), 'lr');
  assert.match(
    text,
    /\\caption\{The series up to three\. .*sha256:000000000000\), 3 images; ocibench 0\.1\.0, method 1\.\}/,
  );
});

test('no name is a command', () => {
  assert.is(
    escapeLatex('\\input{/etc/passwd} 100 % of $x_1$ & #2 ~^'),
    '\\textbackslash{}input\\{/etc/passwd\\} 100 \\% of \\$x\\_1\\$ \\& \\#2 \\textasciitilde{}\\textasciicircum{}',
  );
  assert.is(escapeLatex('−1.5 × 2…'), '$-$1.5 $\\times$ 2\\dots{}');
});

test.run();
