import { availableParallelism } from 'node:os';
import process from 'node:process';
import { SweepAccounting } from '../../src/accounting/mod.ts';
import { divideStreams } from '../../src/accounting/shares.ts';
import { UsageError } from '../../src/errors.ts';
import { expandGrid } from '../../src/grids.ts';
import { writeOutput } from '../../src/output.ts';
import { Rope } from '../../src/streams/rope.ts';
import { FileSource } from '../../src/streams/source.ts';
import { Crew } from '../../src/workers/crew.ts';

/**
 * One process that sweeps one file with all statistics, to be timed from outside beside other programs:
 *
 *     node dist/bench/speed/sweep.js FILE [WORKERS [GRID]]
 *
 * Prints a line a chunker: distinct bytes and chunks, and the statistics of the lengths.
 */
const [file, workers = String(availableParallelism()), grid] = process.argv.slice(2);
if (file === undefined) {
  throw new UsageError('no file to sweep', {}, 'node dist/bench/speed/sweep.js FILE [WORKERS]');
}
// First of all: threads start while this one reads on.
const crew = new Crew(Number(workers));
const ids = expandGrid(grid ?? 'fastcdc:avg=4KiB..512KiB,nc={0,1,2}');
const rope = new Rope().append(new FileSource(file));
const streams = { rope: rope.describe(), lengths: Float64Array.of(rope.length) };
const divisions = await divideStreams(
  (task, payload) => crew.call(task, payload),
  crew.size,
  streams,
  ids,
);
const closed = crew.close();
const found = new SweepAccounting(ids).enter(divisions);
writeOutput(
  ids.map((chunker, number) => `${JSON.stringify({ chunker, ...found[number]! })}\n`).join(''),
);
await closed;
