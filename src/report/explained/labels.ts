import { printable } from '../escape.ts';

/** Pixels of a character of 11 pixels: more than most of them take, since no font is known here. */
const NARROW = 6.1;
/** The same of ideographs, and of what is drawn as wide. */
const WIDE = 11.5;
const FIRST_WIDE = 0x1100;

function widthOf(character: string): number {
  const isCapital = /[A-Z@%&]/.test(character);
  if (character.codePointAt(0)! >= FIRST_WIDE) return WIDE;
  return isCapital ? 8 : NARROW;
}

/** As much of a text as a width takes, with an ellipsis where that is not all; empty where it would say nothing. */
export function fit(text: string, pixels: number): string {
  const characters = [...printable(text)];
  let [end, width] = [0, 0];
  let fitting = 0;
  for (const character of characters) {
    width += widthOf(character);
    if (width > pixels) break;
    end++;
    if (width + WIDE <= pixels) fitting = end;
  }
  if (end === characters.length) return characters.join('');
  return fitting >= 3 ? `${characters.slice(0, fitting).join('')}…` : '';
}

/** Lines of at most so many characters, broken between words. */
export function wrap(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
