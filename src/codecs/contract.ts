import { PluginError, reasonOf } from '../errors.ts';
import { seeded } from '../stats/random.ts';
import type { Codec } from './codec.ts';

/**
 * The laws of every codec. Returns what is broken, in words; nothing for a codec that keeps its contract.
 *
 * @param inputs to compress; the last is long enough to be damaged
 */
export function codecFaults(codec: Codec, inputs: readonly Uint8Array[]): readonly string[] {
  const faults = new Set<string>();
  const demand = (holds: boolean, fault: string): void => {
    if (!holds) faults.add(fault);
  };
  for (const input of inputs) {
    const given = input.slice();
    const stored = codec.compress(given);
    const copy = stored.slice();
    const restored = codec.decompress(stored, input.length);
    demand(equal(restored, input), 'does not restore what it compressed');
    demand(equal(codec.compress(given), copy), 'compresses otherwise the second time');
    demand(equal(stored, copy), 'changes an earlier result');
    demand(equal(given, input), 'alters its input');
  }
  const last = inputs.at(-1)!;
  const stored = codec.compress(last);
  demand(refuses(codec, stored, last.length - 1), 'takes a wrong length');
  demand(refuses(codec, stored.slice(0, -5), last.length), 'takes data that are cut');
  return [...faults];
}

/** Throws a PluginError that names the broken rules of a codec. For those that the suite does not hold to them. */
export function holdToContract(codec: Codec): void {
  let faults: readonly string[];
  try {
    faults = codecFaults(codec, sample());
  } catch (cause) {
    throw fault(codec, `fails: ${reasonOf(cause)}`, cause);
  }
  if (faults.length > 0) throw fault(codec, faults.join(', '));
}

function fault({ id }: Codec, what: string, cause?: unknown): PluginError {
  return new PluginError(
    `codec '${id}' breaks its contract: ${what}`,
    {},
    'fix the member: src/codecs/codec.ts states what it promises',
    { cause },
  );
}

/** Nothing, one byte, zeros, noise, text. */
export function sample(): readonly Uint8Array[] {
  const random = seeded(1);
  const words = Array.from({ length: 3000 }, () => `word${Math.floor(997 * random())} `).join('');
  return [
    new Uint8Array(0),
    Uint8Array.of(1),
    new Uint8Array(100_000),
    Uint8Array.from({ length: 50_000 }, () => 256 * random()),
    new TextEncoder().encode(words),
  ];
}

function refuses(codec: Codec, stored: Uint8Array, length: number): boolean {
  try {
    codec.decompress(stored, length);
    return false;
  } catch {
    return true;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
