import {
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { providers } from './providers.ts';

/** What a dataset file says: data only. The schema is published as datasets/schema.json. */
export interface Manifest {
  readonly $schema?: string | undefined;
  readonly schemaVersion: 1;
  readonly id: string;
  /** MAJOR when existing images change, MINOR when some are added, PATCH for words (as Croissant 1.0 counts). */
  readonly version: string;
  readonly title: string;
  readonly description: string;
  /** Why these images and no others. */
  readonly why: string;
  readonly license: { readonly manifest: string; readonly content: string };
  readonly citeAs: string;
  readonly images: readonly ManifestImage[];
}

export interface ManifestImage {
  readonly id: string;
  readonly title: string;
  readonly source: { readonly type: string };
}

const imageId: z.ZodType<string> = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'use letters, digits, dots, hyphens, underscores');

export const manifestSchema: z.ZodType<Manifest> = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'use lower-case letters, digits, dots, hyphens'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'give MAJOR.MINOR.PATCH'),
  title: z.string().min(1),
  description: z.string().min(1),
  why: z.string().min(1),
  license: z.strictObject({ manifest: z.string(), content: z.string() }),
  citeAs: z.string().min(1),
  images: z
    .array(
      z.strictObject({
        id: imageId,
        title: z.string().min(1),
        source: z.discriminatedUnion(
          'type',
          providers.map(({ schema }) => schema) as unknown as [z.ZodObject],
        ) as unknown as z.ZodType<{ readonly type: string }>,
      }),
    )
    .min(1)
    .max(limits.images),
});

/** Reads a manifest. Throws an InputError that names file, line and field, and says what is expected there. */
export function parseManifest(text: string, file: string): Manifest {
  const root = parseJson(text, file);
  const result = manifestSchema.safeParse(toPlain(root));
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
    throw fault(text, file, root, keys, issue.message);
  }
  const seen = new Set<string>();
  for (const [index, { id }] of result.data.images.entries()) {
    if (seen.has(id))
      throw fault(text, file, root, ['images', index, 'id'], `image '${id}' is there twice`);
    seen.add(id);
  }
  return result.data;
}

/** Strict JSON whose positions are known: no comments, no trailing commas, no duplicate keys, no byte order mark. */
export function parseJson(text: string, file: string): Node {
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
  checkKeys(text, file, root);
  return root;
}

/** Node → value; keys such as __proto__ become ordinary properties that the schema then refuses. */
export function toPlain(node: Node): unknown {
  if (node.type === 'array') return node.children?.map(toPlain);
  if (node.type !== 'object') return node.value;
  const result = Object.create(null) as Record<string, unknown>;
  for (const property of node.children ?? []) {
    const [key, value] = property.children!;
    if (value) result[String(key!.value)] = toPlain(value);
  }
  return Object.fromEntries(Object.entries(result));
}

function checkKeys(text: string, file: string, node: Node): void {
  if (node.type === 'object') {
    const seen = new Set<unknown>();
    for (const property of node.children ?? []) {
      const key = property.children![0]!;
      if (seen.has(key.value)) {
        const where = { file, line: lineAt(text, key.offset), field: String(key.value) };
        throw new InputError(`'${key.value}' is there twice`, where, 'keep one');
      }
      seen.add(key.value);
    }
  }
  for (const child of node.children ?? []) checkKeys(text, file, child);
}

function fault(
  text: string,
  file: string,
  root: Node,
  path: readonly PropertyKey[],
  message: string,
): InputError {
  const keys = path.map((key) => (typeof key === 'number' ? key : String(key)));
  // What is missing has no place of its own: its parent has.
  let node: Node | undefined;
  for (let length = keys.length; !node && length >= 0; length--) {
    node = length === 0 ? root : findNodeAtLocation(root, keys.slice(0, length));
  }
  const where = { file, line: lineAt(text, node?.offset ?? 0), field: keys.join('.') };
  return new InputError(message, where, 'see datasets/schema.json');
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
