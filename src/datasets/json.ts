import {
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { core, ZodType } from 'zod';
import { InputError } from '../errors.ts';
import { jsonFault } from '../json.ts';
import { limits } from '../limits.ts';
import { listed } from '../listed.ts';

type Issue = core.$ZodIssue;

export interface Checked<Value> {
  readonly value: Value;
  /** An error at the place of a field, for rules that the schema cannot say. */
  fault(field: readonly PropertyKey[], message: string): InputError;
}

/** Strict JSON of a schema. Throws an InputError that names file, line and field, and says what is expected there. */
export function parseChecked<Value>(
  text: string,
  file: string,
  schema: ZodType<Value>,
  remedy: string,
): Checked<Value> {
  const parsed = parseJson(text, file);
  const fault = (field: readonly PropertyKey[], message: string): InputError =>
    new InputError(message, { file, ...place(text, field) }, remedy);
  const result = schema.safeParse(parsed);
  if (result.success) return { value: result.data, fault };
  const issues = result.error.issues.flatMap(narrowed);
  const issue = issues[0]!;
  const missing = issues
    .map(({ path }) => path)
    .filter((path) => valueAt(parsed, path) === undefined && hasParent(parsed, path));
  if (missing.includes(issue.path)) {
    const [first, ...others] = missing.map((path) => path.join('.'));
    const more = others.length > 0 ? `, and so ${are(others.length)} ${listed(others)}` : '';
    throw fault(issue.path, `${first} is missing${more}`);
  }
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
  throw fault(keys, issue.message);
}

/** What zod says where one of several forms would do, and nothing more is known. */
const UNION = 'Invalid input';

/** Of several forms, what is wrong with the one that is meant: with keys and a type as they are there. */
function narrowed(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.message !== UNION) return [issue];
  const isOther = ({ path, code }: Issue): boolean =>
    path.length === 0 && (code === 'unrecognized_keys' || code === 'invalid_type');
  const [meant, ...others] = issue.errors.filter((form) => !form.some(isOther));
  if (meant && others.length === 0) {
    return meant.flatMap((own) => narrowed({ ...own, path: [...issue.path, ...own.path] }));
  }
  const expected = issue.errors
    .flat()
    .flatMap((own) => (own.code === 'invalid_type' && own.path.length === 0 ? [own.expected] : []));
  if (expected.length === 0) return [issue];
  return [{ ...issue, message: `expected ${[...new Set(expected)].join(' or ')}` }];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (own, key) => (own as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key],
    value,
  );
}

/** A field of an object that is there, so that its own name is what is missing. */
function hasParent(value: unknown, path: readonly PropertyKey[]): boolean {
  return path.length > 0 && valueAt(value, path.slice(0, -1)) !== undefined;
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** Strict JSON: no comments, no trailing commas, no duplicate keys, no byte order mark. */
function parseJson(text: string, file: string): unknown {
  if (text.length > limits.datasetBytes) {
    throw new InputError(`more than ${limits.datasetBytes} bytes`, { file }, 'split the dataset');
  }
  if (text.startsWith('\ufeff')) {
    throw new InputError(
      'a byte order mark',
      { file, line: 1 },
      'save the file as UTF-8 without it',
    );
  }
  const doubt = jsonFault(text);
  if (doubt) {
    const { what, offset, key } = doubt;
    const where = {
      file,
      line: lineAt(text, offset),
      ...(key === undefined ? {} : { field: key }),
    };
    throw new InputError(what, where, 'correct the file');
  }
  try {
    return JSON.parse(text);
  } catch {
    const { errors } = positions(text);
    const [first] = errors;
    const what = first ? printParseErrorCode(first.error) : 'empty';
    const line = lineAt(text, first?.offset ?? 0);
    throw new InputError(`not JSON: ${what}`, { file, line }, 'correct the file');
  }
}

/** Where everything stands: read only to tell what is wrong, since it takes longer than all else that is done with a file. */
function positions(text: string): {
  readonly root: Node | undefined;
  readonly errors: readonly ParseError[];
} {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  return { root, errors };
}

function place(
  text: string,
  field: readonly PropertyKey[],
): { readonly line: number; readonly field: string } {
  const keys = field.map((key) => (typeof key === 'number' ? key : String(key)));
  const { root } = positions(text);
  // What is missing has no place of its own: its parent has.
  let node: Node | undefined;
  for (let length = keys.length; !node && length >= 0; length--) {
    node = root && length > 0 ? findNodeAtLocation(root, keys.slice(0, length)) : root;
  }
  return { line: lineAt(text, node?.offset ?? 0), field: keys.join('.') };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
