import { PluginError } from '../errors.ts';
import { type Kernels, kernels } from '../kernels/kernels.ts';
import { limits } from '../limits.ts';
import type { ByteSource } from '../streams/source.ts';
import type { Algorithm, Kernel } from './chunker.ts';
import { Lengths } from './lengths.ts';
import { splitByReference } from './reference.ts';

/**
 * Lengths of all chunks of `source`, bytes. The one loop around every chunker: blocks are read straight into kernel memory,
 * the kernel is called once for many cuts, and the bytes after the last settled cut move to the front of the next block.
 * Without a kernel, the reference is run over the whole stream.
 */
export function split(
  algorithm: Algorithm,
  source: ByteSource,
  blockBytes: number = limits.blockBytes,
): Float64Array {
  const known = knownLengths(algorithm, source.length);
  if (known) return known;
  const { kernel } = algorithm;
  return kernel ? splitByKernel(kernel, source, blockBytes) : splitByReference(algorithm, source);
}

/** Lengths of the chunks of a stream of so many bytes, where they follow from that alone; undefined where its bytes decide. */
export function knownLengths(
  { shortest, longest, kernel, isUniform }: Algorithm,
  length: number,
): Float64Array | undefined {
  if (length === 0) return new Float64Array(0);
  if (isUniform) return equalLengths(length, longest);
  return kernel && length <= shortest ? Float64Array.of(length) : undefined;
}

function equalLengths(total: number, length: number): Float64Array {
  if (total <= length) return Float64Array.of(total);
  const lengths = new Float64Array(Math.ceil(total / length)).fill(length);
  lengths[lengths.length - 1] = total - length * (lengths.length - 1);
  return lengths;
}

function splitByKernel(kernel: Kernel, source: ByteSource, blockBytes: number): Float64Array {
  const machine = kernels();
  machine.load(kernel.setting);
  const { behind = 0 } = kernel;
  const whole = machine.reserve(behind + Math.min(source.length, kernel.reach + blockBytes));
  whole.fill(0, 0, behind);
  const block = whole.subarray(behind);
  const lengths = new Lengths();
  let read = 0;
  let held = 0;
  for (;;) {
    const count = Math.min(block.length - held, source.length - read);
    source.read(read, block.subarray(held, held + count));
    read += count;
    held += count;
    const last = read === source.length;
    const settled = cutBlock(kernel, machine, held, last, lengths);
    if (last) return lengths.all();
    whole.copyWithin(0, settled, behind + held);
    held -= settled;
  }
}

/**
 * Lengths of the chunks at the start of a stream of which only `bytes` are known yet, bytes: as far as no later byte can
 * change them, or all of them where `bytes` are the `last`. For streams whose length is not known beforehand. What the
 * kernel reads behind the first chunk comes first in `bytes`.
 */
export function settledLengths(kernel: Kernel, bytes: Uint8Array, last: boolean): Float64Array {
  const machine = kernels();
  machine.load(kernel.setting);
  machine.reserve(bytes.length).set(bytes);
  const lengths = new Lengths();
  cutBlock(kernel, machine, bytes.length - (kernel.behind ?? 0), last, lengths);
  return lengths.all();
}

/** Cuts the first `held` bytes of the block as far as they go; returns how many bytes that was. */
function cutBlock(
  kernel: Kernel,
  machine: Kernels,
  held: number,
  last: boolean,
  lengths: Lengths,
): number {
  const block = machine.block + (kernel.behind ?? 0);
  let settled = 0;
  for (;;) {
    const count = kernel.cut(machine, block + settled, block + held, last);
    const cuts = machine.lengths(count);
    for (const length of cuts) {
      if (length === 0) throw broken('cuts a chunk of no bytes');
      settled += length;
    }
    if (settled > held) throw broken('cuts beyond the bytes it was given');
    lengths.push(cuts);
    if (count === machine.capacity) continue;
    if (last ? settled < held : held - settled >= kernel.reach) throw broken('stops too early');
    return settled;
  }
}

function broken(what: string): PluginError {
  return new PluginError(`a chunker's kernel ${what}`, {}, 'hold it to its reference cut');
}
