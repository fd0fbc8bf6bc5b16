import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { fromPlain, type PlainError, storageError, toPlain, UsageError } from '../../errors.ts';
import { listed } from '../../listed.ts';
import type { Lock } from '../../locks.ts';
import { makeDirectories } from '../../make-directories.ts';
import type { NewDirectory } from '../../new-directory.ts';
import { checkPlace } from '../../results/find.ts';
import { holdDirectory } from '../../results/log.ts';
import { sweepTemporary, writeWhole } from '../../write-whole.ts';
import { INFO, readShardInfo, type ShardInfo, shardDifferences } from './shard-info.ts';
import type { WorkCell } from './work-cells.ts';

/**
 * What one shard of a run found, one file a cell: complete at every moment, so that a shard that was killed continues where it
 * stopped. `shard.json` says of which run it is and what it was measured by.
 */

const CELLS = 'cells';
const DIGEST_BYTES = 32;

/** What a cell came to. */
export type Outcome = { readonly value: unknown } | { readonly error: PlainError };

/** Holds the directory of a shard while it is measured. */
export class ShardDirectory {
  readonly directory: string;
  readonly #made: NewDirectory;
  readonly #lock: Lock;

  /**
   * Throws a UsageError where the directory holds another shard or something else, or a StorageError where it cannot be
   * written or another process holds it.
   * @param isFresh removes what the shard found before
   */
  constructor(directory: string, info: ShardInfo, isFresh: boolean) {
    this.directory = directory;
    const known = existsSync(join(directory, INFO)) ? readShardInfo(directory) : undefined;
    if (known && !isFresh) checkSameShard(directory, known, info);
    if (existsSync(join(directory, 'run.json'))) {
      throw new UsageError(
        `${directory} holds a run`,
        {},
        'give a shard a directory of its own with --out',
      );
    }
    checkPlace(directory, { what: 'shard', info: INFO });
    const { made, lock } = holdDirectory(directory);
    this.#made = made;
    this.#lock = lock;
    try {
      sweepTemporary(directory);
      if (isFresh) rmSync(join(directory, CELLS), { recursive: true, force: true });
      // First, so that what a shard leaves that was killed is known to be one.
      writeWhole(join(directory, INFO), `${JSON.stringify(info, undefined, 2)}\n`);
      makeDirectories(join(directory, CELLS));
    } catch (error) {
      this.close();
      throw storageError(error, directory);
    }
  }

  /** True where the cell was found before: one that failed is tried again. */
  has(cell: WorkCell): boolean {
    const outcome = readOutcome(this.directory, cell);
    return outcome !== undefined && 'value' in outcome;
  }

  keep(cell: WorkCell, value: unknown): void {
    this.#write(cell, { value });
  }

  fail(cell: WorkCell, error: unknown): void {
    this.#write(cell, { error: toPlain(error) });
  }

  close(): void {
    this.#lock.release();
    // Where nothing came into it.
    this.#made.remove();
  }

  #write(cell: WorkCell, outcome: Outcome): void {
    const bytes = serialize(outcome);
    writeWhole(cellPath(this.directory, cell), Buffer.concat([sha256(bytes), bytes]));
  }
}

/** What a cell of a shard came to; undefined where it has not ended, or the file is damaged. */
export function readOutcome(directory: string, cell: WorkCell): Outcome | undefined {
  let file: Uint8Array;
  try {
    file = readFileSync(cellPath(directory, cell));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw storageError(error, directory);
  }
  // A copy begins where its buffer does: Deno reads typed arrays from there.
  const bytes = new Uint8Array(file.subarray(DIGEST_BYTES));
  return sha256(bytes).equals(file.subarray(0, DIGEST_BYTES))
    ? (deserialize(bytes) as Outcome)
    : undefined;
}

/** The value of a cell, or what it failed by, thrown. */
export function valueIn(outcome: Outcome): unknown {
  if ('error' in outcome) throw fromPlain(outcome.error);
  return outcome.value;
}

function checkSameShard(directory: string, known: ShardInfo, wanted: ShardInfo): void {
  const number = ({ shard, shards }: ShardInfo): string => `${shard}/${shards}`;
  const differences = shardDifferences(known, wanted);
  const all =
    known.shard === wanted.shard
      ? differences
      : [`shard: ${number(known)} and ${number(wanted)}`, ...differences];
  if (all.length === 0) return;
  throw new UsageError(
    `${directory} holds another shard than is asked for (${listed(all)})`,
    {},
    'give another --out, or --fresh to replace it',
  );
}

function cellPath(directory: string, { work, of, image }: WorkCell): string {
  const name = createHash('sha256')
    .update(JSON.stringify([work, of, image]))
    .digest('hex');
  return join(directory, CELLS, name);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
