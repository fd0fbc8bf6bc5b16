import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measures } from '../measures/mod.ts';
import { projectDirectory } from '../project.ts';
import { writeWhole } from '../write-whole.ts';

/** The reference of all measures in METHODS.md, generated from their table. */

export const methodsPath: string = join(projectDirectory, 'METHODS.md');

const START = '<!-- measures: `npm run schemas` writes what follows -->';
const END = '<!-- end of measures -->';

/** METHODS.md with the reference as the table of measures has it now. Throws where it has no place for it. */
export function withReference(methods: string): string {
  const [start, end] = [methods.indexOf(START), methods.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`METHODS.md lacks '${START}' … '${END}'`);
  return `${methods.slice(0, start + START.length)}\n\n${reference()}\n${methods.slice(end)}`;
}

function reference(): string {
  const rows = [...measures.values()].map(({ name, title, unit, better, exact, of, by, doc }) => [
    `\`${name}\``,
    title,
    unit,
    better === 'neither' ? '' : better,
    exact ? 'exact' : 'timed',
    by === undefined ? of : `${of}, by ${by}`,
    doc,
  ]);
  const head = ['measure', 'what it is', 'unit', 'better', 'kind', 'of', 'how'];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

if (process.argv[1]?.includes(join('report', 'measure-reference'))) {
  writeWhole(methodsPath, withReference(readFileSync(methodsPath, 'utf8')));
}
