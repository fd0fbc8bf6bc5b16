import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { delta as deltaFetcher } from '../../../fetchers/delta.ts';
import { planTransfer } from '../../../fetchers/fetcher.ts';
import type { Member, Parameter, Values } from '../../../ids.ts';
import { inScratch } from '../../../scratch.ts';
import { writeFile } from '../../../write-whole.ts';
import { createChain } from '../../chain.ts';
import type { Model } from '../../model.ts';
import { writeCanonicalTar } from '../canonical-tar.ts';
import { describeTools, requireTools, type Tool } from '../tool.ts';

/**
 * Pairwise binary deltas: the registry keeps every image as one squashed layer, and beside it deltas from the images
 * before it. They are made over uncompressed canonical tars and lead to exactly the bytes of the next one.
 */
export interface DeltaFormat extends Member {
  readonly tools: readonly Tool[];
  /** Throws a SkippedError where two tars of these lengths, bytes, are beyond what the program can take. */
  checkLengths(from: number, to: number): void;
  /** `FROM`, `TO` → `DELTA`, all in `directory`. Returns processor time, milliseconds. */
  make(directory: string, lengths: Lengths, values: Values): Promise<number>;
  /** `FROM`, `DELTA` → `TO`. */
  apply(directory: string, lengths: Pick<Lengths, 'from'>, values: Values): Promise<number>;
}

/** Of the two tars: bytes. */
export interface Lengths {
  readonly from: number;
  readonly to: number;
}

export const FROM = 'from.tar';
export const TO = 'to.tar';
export const DELTA = 'delta';

/** What a client without a predecessor takes. */
const WHOLE = 'tar|whole|zstd:level=3|layers|get';

export const predecessorsParameter: Parameter = {
  name: 'predecessors',
  kind: 'integer',
  description: 'images before each one that the registry keeps a delta from',
  default: 1,
  minimum: 1,
  maximum: 64,
};

export async function createDeltaModel(
  id: string,
  format: DeltaFormat,
  values: Values,
): Promise<Model> {
  const whole = await createChain(WHOLE);
  return {
    id,
    fidelity: whole.fidelity,
    tools: () => describeTools(format.tools),
    async pack(image, executor, clock) {
      requireTools(format.tools);
      return whole.pack(image, executor, clock);
    },
    unpack: (manifest, store, executor) => whole.unpack(manifest, store, executor),
    ...(whole.verify && { verify: whole.verify }),
    transfer: (inventory, held) => planTransfer(deltaFetcher, inventory, held, values),
    deltas: {
      predecessors: Number(values['predecessors']),
      make: (from, to) =>
        inScratch(async (directory) => {
          const lengths = {
            from: writeCanonicalTar(from.tree, join(directory, FROM)).length,
            to: writeCanonicalTar(to.tree, join(directory, TO)).length,
          };
          format.checkLengths(lengths.from, lengths.to);
          const ms = await format.make(directory, lengths, values);
          return { bytes: readFileSync(join(directory, DELTA)), ms };
        }),
      apply: (from, delta) =>
        inScratch(async (directory) => {
          const { length } = writeCanonicalTar(from.tree, join(directory, FROM));
          writeFile(join(directory, DELTA), delta);
          const ms = await format.apply(directory, { from: length }, values);
          return { bytes: readFileSync(join(directory, TO)), ms };
        }),
    },
  };
}
