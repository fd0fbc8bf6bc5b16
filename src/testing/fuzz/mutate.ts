import fc from 'fast-check';

/** Inputs that are nearly right: a seed of the corpus with a few changes reaches deeper than noise does. */

interface Mutation {
  readonly kind: 'flip' | 'set' | 'cut' | 'remove' | 'repeat' | 'swap';
  /** Where, and where to, as shares of the length. */
  readonly at: number;
  readonly to: number;
  readonly value: number;
  readonly length: number;
}

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip', 'set', 'set', 'cut', 'remove', 'repeat', 'swap'),
  at: share,
  to: share,
  // Ends of ranges and characters with a meaning more often than others.
  value: fc.oneof(
    fc.constantFrom(0, 1, 0x20, 0x2d, 0x2f, 0x30, 0x37, 0x39, 0x5c, 0x7f, 0x80, 0xff),
    fc.nat(255),
  ),
  length: fc.oneof(fc.nat(16), fc.constantFrom(1, 8, 12, 512, 1024)),
});

function mutate(bytes: Uint8Array, { kind, at, to, value, length }: Mutation): Uint8Array {
  if (bytes.length === 0) return bytes;
  const from = Math.floor(at * bytes.length);
  const target = Math.floor(to * bytes.length);
  const part = bytes.subarray(from, from + length);
  if (kind === 'cut') return bytes.slice(0, from);
  if (kind === 'remove') return join(bytes.subarray(0, from), bytes.subarray(from + length));
  if (kind === 'repeat') return join(bytes.subarray(0, target), part, bytes.subarray(target));
  const copy = bytes.slice();
  if (kind === 'flip') copy[from]! ^= 1 << (value & 7);
  else if (kind === 'set') copy[from] = value;
  else copy.set(part.subarray(0, bytes.length - target), target);
  return copy;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** One of the seeds with up to six changes; shrinks toward the seed itself. */
export function mutated(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const changes = fc.array(mutation, { maxLength: 6 });
  return fc
    .tuple(fc.constantFrom(...seeds), changes)
    .map(([seed, list]) => list.reduce(mutate, seed));
}

export function mutatedText(seeds: readonly string[]): fc.Arbitrary<string> {
  const bytes = seeds.map((seed) => new Uint8Array(Buffer.from(seed)));
  return mutated(bytes).map((changed) => Buffer.from(changed).toString());
}

/** The archive with right checksums wherever a header seems to be: without, every change ends at the first of them. */
export function mendChecksums(archive: Uint8Array): Uint8Array {
  const mended = archive.slice();
  for (let at = 0; at + 512 <= mended.length; at += 512) {
    const block = mended.subarray(at, at + 512);
    if (Buffer.from(block.subarray(257, 262)).toString('latin1') !== 'ustar') continue;
    block.fill(0x20, 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  }
  return mended;
}
