/** What a page that is read once may hold. A figure is a number with what belongs to it: `1.9`, `16 KiB`, `12/15`. */
export const MOST_WORDS = 350;
const MOST_SENTENCE_WORDS = 40;
const MOST_SENTENCE_FIGURES = 8;

/** Faults of a Markdown page, one line each; none where it reads well. Tables are counted as words, not as sentences, and their figures not at all. */
export function faultsOf(markdown: string): readonly string[] {
  const plain = plainText(markdown);
  const words = wordsOf(markdown);
  return [
    ...(words > MOST_WORDS ? [`${words} words, at most ${MOST_WORDS}`] : []),
    ...sentencesOf(plain).flatMap((sentence) => {
      const [long, dense] = [wordsIn(sentence), figuresIn(sentence)];
      return [
        ...(long > MOST_SENTENCE_WORDS ? [`${long} words in one sentence: ${sentence}`] : []),
        ...(dense > MOST_SENTENCE_FIGURES ? [`${dense} figures in one sentence: ${sentence}`] : []),
      ];
    }),
  ];
}

/** Words of a Markdown page, those of its table among them: of a cell of figures none. */
export function wordsOf(markdown: string): number {
  const lines = plainText(markdown).split('\n');
  const cells = lines.filter((line) => line.startsWith('|')).flatMap((line) => line.split('|'));
  const texts = lines.filter((line) => !line.startsWith('|'));
  return wordsIn([...texts, ...cells.filter((cell) => /\p{L}/u.test(cell))].join(' '));
}

/** Without pictures, targets of links, escapes, marks of headings, code and lines under heads of tables. */
function plainText(markdown: string): string {
  return markdown
    .replaceAll(/^ {4}.*$/gm, '')
    .replaceAll(/^!\[.*\]\(.*\)$/gm, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/^\|(?: ?-+:? \|)+$/gm, '')
    .replaceAll(/\\(.)/g, '$1')
    .replaceAll(/^(?:#+|>|-|\d+\.) /gm, '')
    .replaceAll('**', '');
}

function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function figuresIn(text: string): number {
  // Names of models, images, places and digests are no figures.
  return text.split(/\s+/).filter((word) => /^[(“−+±<]?\d[\d.,×/–%-]*[%)”.,;:×]*$/.test(word))
    .length;
}

function sentencesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('|'))
    .flatMap((line) => line.split(/(?<=[.?!][”)]?) (?=[\p{Lu}“\d])/u))
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
