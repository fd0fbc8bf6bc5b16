/**
 * What do eight averages of a chunker cost in one sweep, beside one plain pass and beside eight?
 *
 *     node dist/bench/speed/scans.js [FILE]     deno run -A bench/speed/scans.ts [FILE]
 *
 * FILE should be real data such as a layer's tar; without one, the executable of the runtime is cut. At most the first 64 MiB
 * are used, in memory: no figure includes a disk. Times are of the process, not of the clock. Prints a Markdown table.
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { chunkerMembers, createChunker, lengthsOfMany } from '../../src/chunkers/mod.ts';
import { expandGrid } from '../../src/ids.ts';
import { FileSource, MemorySource, readRange } from '../../src/streams/source.ts';

const MOST_BYTES = 64 << 20;
const ROUNDS = 5;

const path = process.argv[2] ?? process.execPath;
const file = new FileSource(path);
const source = new MemorySource(readRange(file, 0, Math.min(file.length, MOST_BYTES)));

/** Milliseconds of processor time. */
function timed(run: () => void): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;

function row(grid: string): string {
  const chunkers = expandGrid(grid).map((id) => createChunker(id));
  const middle = chunkers[chunkers.length >> 1]!;
  const runs = [
    () => void lengthsOfMany(chunkers, source),
    () => void middle.lengths(source),
    () => {
      for (const chunker of chunkers) chunker.lengths(source);
    },
  ];
  const samples: number[][] = runs.map(() => []);
  // The first round warms up; the runs take turns, so that what else the machine does meets all of them alike.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, run] of runs.entries()) {
      const ms = timed(run);
      if (round > 0) samples[index]!.push(ms);
    }
  }
  const [sweep, plain, all] = samples.map(median) as [number, number, number];
  const rate = source.length / 1000 / plain;
  const cells = [sweep, plain, rate, all].map((value) => value.toFixed(0));
  return `| ${[grid, ...cells, (sweep / plain).toFixed(2), (sweep / all).toFixed(2)].join(' | ')} |`;
}

const scanned = chunkerMembers.filter(
  ({ name, contentDefined }) =>
    contentDefined && createChunker(name).algorithm?.selection !== undefined,
);
const runtime = 'Deno' in globalThis ? 'Deno' : `Node ${process.version}`;
process.stdout.write(
  `${cpus()[0]?.model.trim()} · ${runtime} · ${(source.length / 1e6).toFixed(1)} MB

| eight averages | sweep, ms | one plain pass, ms | MB/s | eight plain passes, ms | sweep ÷ one | sweep ÷ eight |
|---|--:|--:|--:|--:|--:|--:|
${scanned.map(({ name }) => row(`${name}:avg=4KiB..512KiB`)).join('\n')}
`,
);
