import { createScanner } from 'jsonc-parser';
import { limits } from './limits.ts';

/** What JSON may say but two readers understand differently, or not at all. */
export interface JsonFault {
  readonly what: string;
  /** In UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly key?: string;
}

/**
 * The first of: a key that is there twice (readers keep the first or the last), half a surrogate pair (no UTF-8 can say
 * it), and nesting beyond `limits.jsonDepth` (parsers recurse). Syntax is left to the parser: text that is no JSON has
 * no fault here, or one of these.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const scanner = createScanner(text, true);
  /** Keys of each object that is open; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const offset = scanner.getTokenOffset();
    const first = text[offset];
    if (first === '{' || first === '[') {
      isKey = first === '{';
      open.push(isKey ? new Set() : undefined);
      if (open.length > limits.jsonDepth) {
        return { what: `nested more than ${limits.jsonDepth} deep`, offset };
      }
    } else if (first === '}' || first === ']') {
      open.pop();
      isKey = false;
    } else if (first === ',') {
      isKey = open.at(-1) !== undefined;
    } else if (first === '"') {
      const value = scanner.getTokenValue();
      if (/\p{Surrogate}/u.test(value)) return { what: 'half a surrogate pair', offset };
      const keys = open.at(-1);
      if (!isKey || !keys) continue;
      if (keys.has(value)) return { what: `'${value}' is there twice`, offset, key: value };
      keys.add(value);
      isKey = false;
    }
  }
  return undefined;
}
