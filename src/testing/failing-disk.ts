import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** What writes; each call is one step that may fail. */
const SYNC = ['mkdirSync', 'openSync', 'linkSync', 'writeSync', 'fsyncSync', 'renameSync'] as const;

/** False where the modules of the runtime cannot be replaced: Deno. */
export const canFail: boolean = !('Deno' in globalThis);

export interface Outcome {
  /** What the failing step was; undefined where the work had fewer steps. */
  readonly step: string | undefined;
  /** What the work threw; undefined where it ended well. */
  readonly error: unknown;
}

const target = fs as unknown as Record<string, (...args: never[]) => unknown>;
const before = { ...target };
const { open } = fs.promises;

/** Runs `work` while the step of this number, from 1, fails with this code; half of what was to be written is. */
export async function failAt(number: number, code: string, work: () => unknown): Promise<Outcome> {
  let steps = 0;
  let step: string | undefined;
  const count = (name: string): boolean => {
    if (++steps === number) step = name;
    return steps === number;
  };
  const fail = (): never => {
    throw Object.assign(new Error(`${code}: made up`), { code });
  };
  for (const name of SYNC) {
    target[name] = (...args) => {
      const isRead = name === 'openSync' && (args as unknown[])[1] === 'r';
      if (isRead || !count(name)) return before[name]!(...args);
      if (name === 'writeSync') writeHalf(...(args as unknown as WriteArguments));
      return fail();
    };
  }
  fs.promises.open = async (...args) => {
    if (count('open')) fail();
    const file = await open(...args);
    const sync = file.sync.bind(file);
    file.sync = async () => (count('sync') ? fail() : sync());
    return file;
  };
  syncBuiltinESMExports();
  try {
    await work();
    return { step, error: undefined };
  } catch (error) {
    return { step, error };
  } finally {
    restore();
  }
}

/** Runs `work` while every write takes half of what it is given and says so, as POSIX allows. Returns how many did. */
export async function withShortWrites(work: () => unknown): Promise<number> {
  let short = 0;
  target['writeSync'] = (...args) => {
    const [descriptor, bytes, offset, length] = args as unknown as WriteArguments;
    if (length > 1) short++;
    return writeHalf(descriptor, bytes, offset, length + 1);
  };
  syncBuiltinESMExports();
  try {
    await work();
    return short;
  } finally {
    restore();
  }
}

type WriteArguments = [descriptor: number, bytes: Uint8Array, offset: number, length: number];

function writeHalf(...[descriptor, bytes, offset, length]: WriteArguments): number {
  return before['writeSync']!(...([descriptor, bytes, offset, length >> 1] as never[])) as number;
}

function restore(): void {
  for (const name of SYNC) target[name] = before[name]!;
  fs.promises.open = open;
  syncBuiltinESMExports();
}

/** Lets each step fail in turn, by a full disk and by a bad one, until the work has no more. Returns the steps. */
export async function failAtEach(
  work: () => unknown,
  check: (outcome: Outcome & { readonly step: string }) => unknown,
): Promise<readonly string[]> {
  const steps: string[] = [];
  for (let number = 1; ; number++) {
    for (const code of ['ENOSPC', 'EIO']) {
      const { step, error } = await failAt(number, code, work);
      if (step === undefined) {
        if (error !== undefined) throw error;
        return steps;
      }
      if (code === 'EIO') steps.push(step);
      await check({ step, error });
    }
  }
}
