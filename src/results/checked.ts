import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { InputError, storageError } from '../errors.ts';
import { shortened } from '../listed.ts';

export interface Place {
  readonly file: string;
  readonly line?: number;
}

/** The JSON object of a file. Throws an InputError that names file and field, or a StorageError. */
export function readChecked(schema: z.ZodType, file: string, remedy: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw storageError(error, file);
  }
  return check(schema, parseJson(text, { file }, remedy), { file }, remedy);
}

/** Throws an InputError for what is no JSON object. */
export function parseJson(text: string, place: Place, remedy: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError('this is not JSON', place, remedy, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InputError('this is not a JSON object', place, remedy);
}

/** Throws an InputError that names the field. */
export function check(schema: z.ZodType, value: object, place: Place, remedy: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const isUnknown = issue.code === 'unrecognized_keys';
  const path = isUnknown ? [...issue.path, issue.keys[0]!] : issue.path;
  const field = path.join('.');
  const what = isUnknown
    ? 'this version knows no such field'
    : wordsOf(issue, valueAt(value, path));
  throw new InputError(what, field === '' ? place : { ...place, field }, remedy);
}

function wordsOf({ code, message }: z.core.$ZodIssue, value: unknown): string {
  if (code === 'custom') return message;
  if (value === undefined) return 'this field is missing';
  return `this field cannot be ${shortened(JSON.stringify(value))}`;
}

function valueAt(value: object, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    value,
  );
}
