import type * as z from 'zod';
import { InputError, type Where } from '../errors.ts';
import { jsonFault } from '../json.ts';

const FETCH_AGAIN = 'copy or fetch the image again';

/** Exact: a byte-order mark stays, and is then no JSON. */
export function decode(bytes: Uint8Array, where: Where): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InputError('not UTF-8', where, FETCH_AGAIN, { cause });
  }
}

export function parseJson<T>(text: string, wanted: z.ZodType<T>, where: Where): T {
  return checked(parseStrict(text, where), wanted, where);
}

/** JSON that no two readers understand differently. */
export function parseStrict(text: string, where: Where): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError('not JSON', where, FETCH_AGAIN, { cause });
  }
  const fault = jsonFault(text);
  if (fault) throw new InputError(fault.what, { ...where, offset: fault.offset }, FETCH_AGAIN);
  return value;
}

export function checked<T>(value: unknown, wanted: z.ZodType<T>, where: Where): T {
  const result = wanted.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = issue.path.join('.');
  throw new InputError(wordsOf(issue), field === '' ? where : { ...where, field }, FETCH_AGAIN);
}

function wordsOf({ message }: { readonly message: string }): string {
  const [, expected, found] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (!expected || !found) return message;
  const what = found === 'undefined' ? 'nothing' : named(found);
  return `${what} where ${named(expected)} is expected`;
}

function named(type: string): string {
  if (type === 'null') return type;
  return `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
}
