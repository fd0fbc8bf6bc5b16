import { plural } from '../format.ts';
import { printable } from './escape.ts';
import { makeTables, type Table } from './tables/mod.ts';
import type { View } from './view.ts';

/** Tables as they stand in a paper: LaTeX with booktabs, each with a caption that says what was measured. */

const TABLES = ['series', 'steps', 'throughput', 'speed'];

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  '%': '\\%',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '|': '\\textbar{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '−': '$-$',
  '×': '$\\times$',
  '÷': '$\\div$',
  '…': '\\dots{}',
  '–': '--',
  '→': '$\\rightarrow$',
  '·': '$\\cdot$',
};

/** For text; what no 8-bit font of LaTeX has stays as it is, for XeLaTeX and LuaLaTeX. */
export function escapeLatex(text: string): string {
  return printable(text).replace(/[\\{}$&#_%~^|<>−×÷…–→·]/g, (character) => SPECIAL[character]!);
}

export function latexTables(view: View): string {
  const { dataset, method, environment } = view.info;
  const digest = dataset.digest.slice(0, 'sha256:'.length + 12);
  const source = `Dataset ${dataset.id} (${digest}), ${plural(view.info.images.length, 'image')}; ocibench ${environment.ocibench}, method ${method}.`;
  const shown = makeTables(view).filter(({ id }) => TABLES.includes(id));
  return ['% \\usepackage{booktabs}', ...shown.map((table) => tableOf(table, source)), ''].join(
    '\n\n',
  );
}

function tableOf({ id, title, note, columns, rows }: Table, source: string): string {
  const line = (cells: readonly string[]): string => `  ${cells.join(' & ')} \\\\`;
  return [
    '\\begin{table}',
    `\\caption{${escapeLatex(`${title}. ${note} ${source}`)}}`,
    `\\label{tab:${id}}`,
    `\\begin{tabular}{${columns.map(({ numeric }) => (numeric ? 'r' : 'l')).join('')}}`,
    '\\toprule',
    line(columns.map((column) => escapeLatex(column.title))),
    '\\midrule',
    ...rows.map((row) => line(row.map(({ text }) => escapeLatex(text)))),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
  ].join('\n');
}
