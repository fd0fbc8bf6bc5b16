/**
 * Compiles `assembly/*.ts` and writes `kernels.wasm.ts`: the module as base64 inside TypeScript, committed because Deno runs
 * the sources as they lie. The bytes are the same on every runtime and machine; kernels.test.ts holds the file to that.
 *
 *     npm run build:kernels
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeOutput } from '../output.ts';
import { writeWhole } from '../write-whole.ts';

interface Compiler {
  main(
    args: readonly string[],
    io: {
      readonly readFile: (name: string, folder: string) => string | null;
      readonly writeFile: (name: string, contents: Uint8Array | string) => void;
      readonly listFiles: () => string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/** Pages of 64 KiB: the longest chunk, a block and a look-ahead, with room to spare. */
const MAXIMUM_PAGES = 4096;
const FLAGS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--maximumMemory',
  String(MAXIMUM_PAGES),
];

/** `src/kernels` in the checkout, whether this runs from the sources or from `dist`. */
function kernelsFolder(): string {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'package.json'))) root = dirname(root);
  return join(root, 'src', 'kernels');
}

/** The compiled module, or undefined where the AssemblyScript compiler is not installed. */
export async function compileKernels(): Promise<Uint8Array | undefined> {
  // By a name unknown to the type checker: the compiler's types would make `i32` and its like global everywhere.
  const specifier: string = 'assemblyscript/asc';
  let compiler: Compiler;
  try {
    compiler = ((await import(specifier)) as { readonly default: Compiler }).default;
  } catch {
    return undefined;
  }
  const folder = join(kernelsFolder(), 'assembly');
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await compiler.main(['mod.ts', '--outFile', 'kernels.wasm', ...FLAGS], {
    readFile: (name) => {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') wasm = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return wasm;
}

export function kernelsModule(wasm: Uint8Array): string {
  const lines =
    Buffer.from(wasm)
      .toString('base64')
      .match(/.{1,116}/g) ?? [];
  return `// Generated from assembly/*.ts by npm run build:kernels.\nexport const wasm: string = \`\n${lines.join('\n')}\n\`;\n`;
}

export function kernelsModulePath(): string {
  return join(kernelsFolder(), 'kernels.wasm.ts');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wasm = await compileKernels();
  if (!wasm) throw new Error('the AssemblyScript compiler is not installed: npm ci');
  writeWhole(kernelsModulePath(), kernelsModule(wasm));
  writeOutput(`${kernelsModulePath()}: ${wasm.length} bytes of WebAssembly\n`);
}
