/**
 * How fast does each chunker cut, beside the npm peer, on the same bytes in one process?
 *
 *     node dist/bench/speed/chunkers.js [FILE]     deno run -A bench/speed/chunkers.ts [FILE]
 *
 * FILE should be real data such as a layer's tar; without one, the executable of the runtime is cut. At most the first
 * 128 MiB are used, and they lie in memory: no rate includes a disk. Prints a Markdown table.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { get_chunks } from 'fastcdc-wasm';
import { Bench } from 'tinybench';
import { chunkerMembers, createChunker, lengthsOfMany } from '../../src/chunkers/mod.ts';
import { expandGrid, formatSize } from '../../src/ids.ts';
import { MemorySource } from '../../src/streams/source.ts';

const MOST_BYTES = 128 << 20;
/** Times that every case has its turn of three runs. */
const ROUNDS = 7;

function readStart(path: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MOST_BYTES);
  const file = openSync(path, 'r');
  let length = 0;
  for (let count = -1; count !== 0 && length < bytes.length; length += count) {
    count = readSync(file, bytes, length, Math.min(1 << 20, bytes.length - length), length);
  }
  closeSync(file);
  return bytes.subarray(0, length);
}

interface Case {
  readonly name: string;
  /** Returns how many chunks it cut; undefined for what is no chunker. */
  readonly run: () => number | undefined;
}

/** One average size; min and max stand to it as in most tools. */
function casesAt(avg: number, bytes: Uint8Array): readonly Case[] {
  const source = new MemorySource(bytes);
  const [min, max] = [avg / 4, avg * 8];
  const sizes: Readonly<Record<string, number>> = { min, avg, max };
  const ids = chunkerMembers
    .filter(({ contentDefined }) => contentDefined)
    .map(({ name, parameters }) => {
      const stated = parameters.filter((parameter) => sizes[parameter.name] !== undefined);
      return `${name}:${stated.map((each) => `${each.name}=${formatSize(sizes[each.name]!)}`).join()}`;
    });
  return [
    ...ids.map((id): Case => {
      const chunker = createChunker(id);
      return { name: id, run: () => chunker.lengths(source).length };
    }),
    {
      name: `npm fastcdc-wasm: min=${formatSize(min)},avg=${formatSize(avg)},max=${formatSize(max)}`,
      run: () => get_chunks(bytes, min, avg, max).length - 1,
    },
  ];
}

function allCases(bytes: Uint8Array): readonly Case[] {
  const copy = new Uint8Array(bytes.length);
  const grid = 'fastcdc:avg=4KiB..512KiB,nc={0,1,2}';
  const chunkers = expandGrid(grid).map((id) => createChunker(id));
  const plain = createChunker('fastcdc:avg=8KiB');
  const source = new MemorySource(bytes);
  return [
    { name: 'plain memory pass (copy)', run: () => void copy.set(bytes) },
    ...casesAt(8 << 10, bytes),
    ...casesAt(64 << 10, bytes),
    { name: 'fastcdc:avg=8KiB (one set)', run: () => plain.lengths(source).length },
    {
      name: `${grid} (${chunkers.length} sets, one scan)`,
      run: () => lengthsOfMany(chunkers, source)[3]!.length,
    },
  ];
}

const path = process.argv[2] ?? process.execPath;
const bytes = readStart(path);
const cases = allCases(bytes);
/** Milliseconds of every run, by case. Cases take turns, so that what else the machine does meets all of them alike. */
const samples: number[][] = cases.map(() => []);
for (let round = 0; round < ROUNDS; round++) {
  const bench = new Bench({
    iterations: 3,
    time: 0,
    warmupIterations: 1,
    warmupTime: 0,
    retainSamples: true,
  });
  for (const { name, run } of cases) bench.add(name, () => void run());
  await bench.run();
  for (const [index, { result }] of bench.tasks.entries()) {
    if (result.state !== 'completed') throw new Error(`${cases[index]!.name} did not complete`);
    samples[index]!.push(...(result.latency.samples ?? []));
  }
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};
const megabytes = bytes.length / 1e6;
const runtime =
  'Deno' in globalThis ? `Deno, V8 ${process.versions.v8}` : `Node ${process.version}`;
process.stdout.write(
  `${new Date().toISOString().slice(0, 10)} · ${cpus()[0]?.model.trim()} · ${runtime} · ${megabytes.toFixed(1)} MB of ${path}

| case | MB/s, median | ± MAD | share of memory pass | chunks | mean bytes |
|---|--:|--:|--:|--:|--:|
`,
);
const rates = samples.map((times) => times.map((time) => megabytes / (time / 1000)));
for (const [index, { name, run }] of cases.entries()) {
  const rate = median(rates[index]!);
  const spread = median(rates[index]!.map((each) => Math.abs(each - rate)));
  const chunks = run();
  const cells = [
    name,
    rate.toFixed(0),
    spread.toFixed(0),
    (rate / median(rates[0]!)).toFixed(3),
    chunks ?? '',
    chunks === undefined ? '' : Math.round(bytes.length / chunks),
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
