import { PluginError } from '../errors.ts';
import { listed } from '../listed.ts';
import { seeded } from '../stats/random.ts';
import type { Algorithm, Chunker } from './chunker.ts';
import { contractFaults } from './contract.ts';

/**
 * Members that the contract suite holds to their contract on every change (contract.test.ts has their parameter sets). Any
 * other is held to it when a thread first uses one of its parameter sets, on a sample.
 */
export const testedChunkers: ReadonlySet<string> = new Set([
  'whole',
  'fixed',
  'rabin',
  'fastcdc',
  'fastcdc2016',
  'ronomon',
  'fastcdc-wasm',
  'casync',
  'borg',
  'xet',
  'ae',
  'ram',
  'zchunk',
  'rollsum',
  'seqcdc',
  'tttd',
  'repmax',
  'maxcdc',
  'bup',
]);

/** Longest input of the sample, bytes: a reference that hashes a window anew for every byte passes in about a second. */
const SAMPLE_BYTES = 128 << 10;
const BLOCKS = [1009];

const passed = new Set<string>();

/** Throws a PluginError that names the broken rules of a chunker and the input that broke them; once an id and thread. */
export function holdToContract(
  create: (blockBytes?: number) => Chunker,
  algorithm: Algorithm,
): void {
  const { id } = create();
  if (passed.has(id)) return;
  for (const [what, bytes] of sample(algorithm)) {
    const faults = contractFaults(create, algorithm, bytes, algorithm.kernel ? BLOCKS : []);
    if (faults.length === 0) continue;
    throw new PluginError(
      `chunker '${id}' breaks its contract: ${listed(faults)} (on ${bytes.length} bytes of ${what})`,
      {},
      'fix the member: src/chunkers/chunker.ts states what it promises',
    );
  }
  passed.add(id);
}

/** Noise at the lengths where rules set in, and long enough for many chunks; what has no entropy. */
function* sample({
  shortest,
  longest,
}: Algorithm): Generator<readonly [what: string, bytes: Uint8Array]> {
  const random = seeded(1);
  const noise = Uint8Array.from({ length: SAMPLE_BYTES }, () => 256 * random());
  const edges = [shortest, longest].flatMap((edge) => [edge - 1, edge, edge + 1]);
  const lengths = [0, 1, 2, 3, 1000, ...edges, SAMPLE_BYTES];
  for (const length of new Set(lengths)) {
    if (length >= 0 && length <= SAMPLE_BYTES) yield ['noise', noise.slice(0, length)];
  }
  yield ['zeros', new Uint8Array(SAMPLE_BYTES / 4)];
  yield ['0xff', new Uint8Array(SAMPLE_BYTES / 4).fill(0xff)];
}
