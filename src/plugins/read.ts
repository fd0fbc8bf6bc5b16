import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { PluginError, reasonOf, storageError, UsageError } from '../errors.ts';
import { limits } from '../limits.ts';
import { listed } from '../listed.ts';
import { type PluginFile, stemOf } from '../plugin-files.ts';

/** JavaScript, and TypeScript whose types can be erased. */
const ENDINGS = ['.ts', '.mts', '.js', '.mjs'];

/**
 * The file of a plug-in, ready to be imported. It is imported from a `data:` URL, where nothing but `node:` modules can be
 * imported in turn: its digest covers all of its code, and every thread runs the same.
 *
 * @throws UsageError for a name that is none, StorageError, PluginError for TypeScript that is none
 */
export async function readPlugin(given: string): Promise<PluginFile> {
  const path = resolve(given);
  const name = basename(path);
  checkName(name, path);
  const bytes = read(path);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const text = new TextDecoder().decode(bytes);
  return { name, digest, path, url: await urlOf(text, path) };
}

function checkName(name: string, file: string): void {
  if (!ENDINGS.includes(extname(name))) {
    throw new UsageError(`a plug-in is no '${name}'`, { file }, `name one ${listed(ENDINGS)}`);
  }
  if (/^[a-z][a-z0-9-]{0,39}$/.test(stemOf(name))) return;
  const remedy =
    'use lower-case letters, digits and hyphens, at most 40: names of measures begin so';
  throw new UsageError(`a plug-in cannot be called '${name}'`, { file }, remedy);
}

function read(file: string): Uint8Array {
  try {
    if (statSync(file).size > limits.pluginBytes) {
      const what = `a plug-in of more than ${limits.pluginBytes} bytes`;
      throw new UsageError(what, { file }, 'give the source, without data');
    }
    return readFileSync(file);
  } catch (error) {
    throw storageError(error, file);
  }
}

async function urlOf(text: string, file: string): Promise<string> {
  const code = /ts$/.test(extname(file)) ? await erased(text, file) : text;
  return `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
}

interface SyntaxFault {
  readonly message: string;
  readonly startLine?: number;
}

/** By the code that newer Nodes have inside, so that every runtime takes and refuses the same; they erase types of files alone. */
async function erased(text: string, file: string): Promise<string> {
  const { transformSync } = (await import('@swc/wasm-typescript')).default;
  try {
    return transformSync(text, { mode: 'strip-only', module: true }).code;
  } catch (error) {
    // It throws plain objects.
    const { message, startLine } = error as SyntaxFault;
    const where = { file, ...(startLine === undefined ? {} : { line: startLine }) };
    throw new PluginError(message ?? reasonOf(error), where, 'correct the file', { cause: error });
  }
}
