/** One system call as `strace -f -y` prints it, interrupted ones put together again. */
export interface SystemCall {
  readonly process: number;
  readonly name: string;
  /** Text between the parentheses. */
  readonly words: string;
  /** What it returned: −1 for an error, undefined where it did not return. */
  readonly result: number | undefined;
  /** Path of the descriptor that it returned. */
  readonly opened: string | undefined;
}

/** Calls in the order in which they ended. Lines that are no calls, of signals and exits, are left out. */
export function parseCalls(trace: string): readonly SystemCall[] {
  const begun = new Map<number, string>();
  return trace.split('\n').flatMap((line): readonly SystemCall[] => {
    const found = /^(\d+) +(.*)$/.exec(line);
    if (!found) return [];
    const [process, text] = [Number(found[1]), found[2]!];
    const interrupted = /^(.*) <unfinished \.\.\.>$/.exec(text);
    if (interrupted) {
      begun.set(process, interrupted[1]!);
      return [];
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    const call = parseCall(process, resumed ? `${begun.get(process) ?? ''}${resumed[1]}` : text);
    return call ? [call] : [];
  });
}

function parseCall(process: number, text: string): SystemCall | undefined {
  const found = /^(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)(?:<(.*)>)?/.exec(text);
  if (!found) return undefined;
  const [, name, words, result, opened] = found;
  const value = result === '?' ? undefined : Number(result);
  return { process, name: name!, words: words!, result: value, opened };
}

/** The first string among the words of a call; undefined where there is none or it was cut. */
export function firstString(words: string): string | undefined {
  const found = /"((?:[^"\\]|\\.)*)"(?!\.\.\.)/.exec(words);
  if (!found) return undefined;
  return found[1]!.replace(/\\(x[0-9a-f]{2}|[0-7]{1,3}|.)/g, (_, code: string) => {
    if (/^x../.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' }[code] ?? code;
  });
}

/** A descriptor among the words of a call, `3</usr/lib/x>`. */
export interface Descriptor {
  readonly number: string;
  readonly path: string;
}

/** The first descriptor with a path; `AT_FDCWD</>` is one. */
export function firstDescriptor(words: string): Descriptor | undefined {
  const found = /(?:^|, )(AT_FDCWD|\d+)<(\/[^>]*)>/.exec(words);
  return found ? { number: found[1]!, path: found[2]! } : undefined;
}
