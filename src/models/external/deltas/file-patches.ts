import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PluginError } from '../../../errors.ts';
import { type ByteSource, readAll } from '../../../streams/source.ts';
import { writeFile } from '../../../write-whole.ts';
import { runTool, type Tool } from '../tool.ts';

/** bsdiff between many pairs of files, taken apart. */

export const patchTools: readonly Tool[] = [
  { name: 'bsdiff', package: 'bsdiff', probe: ['bsdiff'] },
  { name: 'bunzip2', package: 'bzip2', probe: ['bunzip2', '--help'], version: /Version ([\d.]+)/ },
];

export interface FilePair {
  readonly from: ByteSource;
  readonly to: Uint8Array;
}

/** One step of a patch: differences to what follows in the old file, then new bytes, then where in it to go on. */
export interface PatchStep {
  readonly differences: Uint8Array;
  readonly extra: Uint8Array;
  /** From where the differences ended: bytes, may be negative. */
  readonly skip: number;
}

export interface FilePatches {
  readonly patches: readonly (readonly PatchStep[])[];
  /** Processor time of the programs, milliseconds. */
  readonly ms: number;
}

const PAIRS = 'pairs';
const PARTS = ['control', 'differences', 'extra'] as const;
const HEADER = 32;

/** One patch for each pair. @param directory where the programs run */
export async function patchFiles(
  directory: string,
  pairs: readonly FilePair[],
): Promise<FilePatches> {
  if (pairs.length === 0) return { patches: [], ms: 0 };
  const file = (index: number, part: string): string => join(directory, PAIRS, `${index}.${part}`);
  mkdirSync(join(directory, PAIRS));
  for (const [index, { from, to }] of pairs.entries()) {
    writeFile(file(index, 'from'), readAll(from));
    writeFile(file(index, 'to'), to);
  }
  const each = `for i in $(seq 0 ${pairs.length - 1}); do bsdiff $i.from $i.to $i.patch; done`;
  const made = await runTool(directory, ['sh', '-ec', `cd ${PAIRS}; ${each}`]);
  for (const index of pairs.keys()) {
    for (const [part, bytes] of splitPatch(readFileSync(file(index, 'patch')))) {
      writeFile(file(index, `${part}.bz2`), bytes);
    }
  }
  const expand = ['find', PAIRS, '-name', '*.bz2', '-exec', 'bunzip2', '{}', '+'];
  const expanded = await runTool(directory, expand);
  return {
    ms: made + expanded,
    patches: pairs.map((_, index) => {
      const [control, differences, extra] = PARTS.map((part) => readFileSync(file(index, part)));
      return readSteps(control!, differences!, extra!);
    }),
  };
}

/** bspatch.c of bsdiff 4.3: magic, lengths of the first two parts and of the new file, then the parts as bzip2. */
function splitPatch(patch: Uint8Array): readonly (readonly [string, Uint8Array])[] {
  if (Buffer.from(patch.subarray(0, 8)).toString('latin1') !== 'BSDIFF40') {
    throw new PluginError('bsdiff wrote no BSDIFF40', {}, 'install bsdiff 4.3');
  }
  const [control, differences] = [readNumber(patch, 8), readNumber(patch, 16)];
  const ends = [HEADER + control, HEADER + control + differences, patch.length];
  return PARTS.map((part, index) => [part, patch.subarray(ends[index - 1] ?? HEADER, ends[index])]);
}

function readSteps(
  control: Uint8Array,
  differences: Uint8Array,
  extra: Uint8Array,
): readonly PatchStep[] {
  let [differenceEnd, extraEnd] = [0, 0];
  return Array.from({ length: control.length / 24 }, (_, step) => {
    const [add, insert, skip] = [0, 8, 16].map((field) => readNumber(control, 24 * step + field));
    differenceEnd += add!;
    extraEnd += insert!;
    return {
      differences: differences.subarray(differenceEnd - add!, differenceEnd),
      extra: extra.subarray(extraEnd - insert!, extraEnd),
      skip: skip!,
    };
  });
}

/** Sign and magnitude, little endian. */
function readNumber(bytes: Uint8Array, offset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 8);
  const word = view.getBigUint64(0, true);
  const magnitude = Number(word & 0x7fff_ffff_ffff_ffffn);
  return word >> 63n ? -magnitude : magnitude;
}
