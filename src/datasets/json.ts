import {
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { ZodType } from 'zod';
import { InputError } from '../errors.ts';
import { jsonFault } from '../json.ts';
import { limits } from '../limits.ts';

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
  const root = parseJson(text, file);
  const fault = (field: readonly PropertyKey[], message: string): InputError =>
    new InputError(message, { file, ...place(text, root, field) }, remedy);
  const result = schema.safeParse(toPlain(root));
  if (result.success) return { value: result.data, fault };
  const issue = result.error.issues[0]!;
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
  throw fault(keys, issue.message);
}

/** Strict JSON whose positions are known: no comments, no trailing commas, no duplicate keys, no byte order mark. */
function parseJson(text: string, file: string): Node {
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
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  const first = errors[0];
  if (first || !root) {
    const offset = first?.offset ?? 0;
    const what = first ? printParseErrorCode(first.error) : 'empty';
    throw new InputError(
      `not JSON: ${what}`,
      { file, line: lineAt(text, offset) },
      'correct the file',
    );
  }
  return root;
}

/** Node → value; keys such as __proto__ become ordinary properties that the schema then refuses. */
function toPlain(node: Node): unknown {
  if (node.type === 'array') return node.children?.map(toPlain);
  if (node.type !== 'object') return node.value;
  const result = Object.create(null) as Record<string, unknown>;
  for (const property of node.children ?? []) {
    const [key, value] = property.children!;
    if (value) result[String(key!.value)] = toPlain(value);
  }
  return Object.fromEntries(Object.entries(result));
}

function place(
  text: string,
  root: Node,
  field: readonly PropertyKey[],
): { readonly line: number; readonly field: string } {
  const keys = field.map((key) => (typeof key === 'number' ? key : String(key)));
  // What is missing has no place of its own: its parent has.
  let node: Node | undefined;
  for (let length = keys.length; !node && length >= 0; length--) {
    node = length === 0 ? root : findNodeAtLocation(root, keys.slice(0, length));
  }
  return { line: lineAt(text, node?.offset ?? 0), field: keys.join('.') };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
