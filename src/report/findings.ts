import type { PlainFinding, VerdictFile } from '../results/verdict.ts';
import { escapeHtml, escapeMarkdown, printable } from './escape.ts';

/** The findings of an answer in three notations. The word of a verdict is strong; what looks like markup elsewhere is a name. */

type Answer = Pick<VerdictFile, 'findings' | 'claims'>;

function written(
  { verdict, text }: PlainFinding,
  plain: (text: string) => string,
  strong: (text: string) => string,
): string {
  const marked = `**${verdict}**`;
  const place = verdict === undefined ? -1 : text.indexOf(marked);
  if (place < 0) return plain(text);
  const rest = text.slice(place + marked.length);
  return `${plain(text.slice(0, place))}${strong(plain(verdict!))}${plain(rest)}`;
}

/** The numbers are those that the tables refer to. */
function numbered({ findings, claims }: Answer, plain: (text: string) => string): string {
  const lines = findings.map(
    (one, place) => `${place + 1}. ${written(one, plain, (word) => `**${word}**`)}`,
  );
  return [...(claims ? [plain(`Claims: ${claims}.`)] : []), lines.join('\n')].join('\n\n');
}

export function findingsMarkdown(answer: Answer): string {
  return numbered(answer, escapeMarkdown);
}

/** For a terminal. */
export function findingsText(answer: Answer): string {
  return numbered(answer, printable);
}

export function findingHtml(finding: PlainFinding): string {
  return written(finding, escapeHtml, (word) => `<strong>${word}</strong>`);
}

export function findingsHtml({ findings, claims }: Answer): string {
  const items = findings.map((one) => `<li>${findingHtml(one)}</li>`);
  const head = claims ? `<p>${escapeHtml(`Claims: ${claims}.`)}</p>\n` : '';
  return `${head}<ol>\n${items.join('\n')}\n</ol>`;
}
