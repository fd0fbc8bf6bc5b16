import type { ValueRecord } from '../results/record.ts';
import type { View } from './view.ts';

/** Id of the plain memory pass, which all rates are divided by. */
export const MEMORY_PASS = 'memory:copy';

/** One way over the input, as `bench run speed` records it. Rates in MB/s, sizes in bytes. */
export interface Speed {
  /** Canonical id of the chunker, `npm:NAME@VERSION:…`, or `kind:name` of what is no chunker. */
  readonly id: string;
  /** What tells it from its neighbours of the same chunk size: the id without its parameters. */
  readonly name: string;
  readonly kind: 'ocibench' | 'npm package' | 'reference';
  readonly rate: number;
  readonly deviation: number | undefined;
  readonly rounds: number | undefined;
  readonly ofMemoryPass: number | undefined;
  readonly ofPeer: ValueRecord | undefined;
  /** What `rate` was taken from: its spread and number of rounds. */
  readonly record: ValueRecord;
  /** Chunk size asked for; undefined where nothing is cut by one size. */
  readonly average: number | undefined;
  readonly chunks: number | undefined;
}

/** All that were timed, in run order. */
export function speedsOf(view: View): readonly Speed[] {
  return view.of('speed.rate').flatMap((record) => {
    const { image, model: id, value, n } = record;
    if (typeof value !== 'number') return [];
    const number = (measure: string): number | undefined =>
      view.number(image, id, `speed.${measure}`);
    const average = number('average');
    return {
      id,
      name: average === undefined ? id : id.replace(/:[^:]*$/, ''),
      kind: kindOf(id),
      rate: value,
      deviation: number('deviation'),
      rounds: n,
      ofMemoryPass: number('of_memory_pass'),
      ofPeer: view.record(image, id, 'speed.of_peer'),
      record,
      average,
      chunks: number('chunks'),
    };
  });
}

function kindOf(id: string): Speed['kind'] {
  if (id.startsWith('npm:')) return 'npm package';
  return /^(memory|digest):/.test(id) ? 'reference' : 'ocibench';
}

/** Bytes of the input, undefined where no speed was measured. */
export function inputBytes(view: View): number | undefined {
  const value = view.of('speed.input_bytes')[0]?.value;
  return typeof value === 'number' ? value : undefined;
}
