import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../../src/project.ts';

/** The bar of a claim in words, and why it lies there: METHODS.md has them, written before the figures. */
export interface BarInWords {
  /** `update ÷ cold pull at least 10 %, edits of modes` */
  readonly compared: string;
  readonly reason: string;
}

const ROW = /^\| `(?<id>[^`]*)` \| (?<compared>[^|]+) \| (?<reason>[^|]+) \|$/gm;

/** By id of the claim, in the order of the table. */
export function barsInWords(): ReadonlyMap<string, BarInWords> {
  const methods = readFileSync(join(projectDirectory, 'METHODS.md'), 'utf8');
  const section = methods.split(/^## /m).find((part) => part.startsWith('Claims\n')) ?? '';
  return new Map(
    [...section.matchAll(ROW)].map(({ groups }) => [
      groups!['id']!,
      { compared: plain(groups!['compared']!), reason: plain(groups!['reason']!) },
    ]),
  );
}

function plain(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}
