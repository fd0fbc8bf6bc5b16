import { limits } from './limits.ts';

/**
 * Names in a message: all of them where they are few, else the first ones and how many more there are. A name that is
 * long beyond reading is cut.
 */
export function listed(names: readonly string[], most: number = limits.listedNames): string {
  const shown = names.slice(0, most).map((name) => shortened(name));
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** At most `limits.listedCharacters` of a text, which tells when there is more. */
export function shortened(text: string, most: number = limits.listedCharacters): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
