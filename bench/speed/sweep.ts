/**
 * What does exact dedup accounting of a sweep cost, beside one plain pass and beside one SHA-256 pass?
 *
 *     node dist/bench/speed/sweep.js [FILE…]     deno run -A bench/speed/sweep.ts [FILE…]
 *
 * FILEs should be a series, such as layers of versions of one image; without one, the executable of the runtime is used. At
 * most 160 MiB of each are used, in memory: no figure includes a disk. One core. Prints a Markdown table.
 */
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import process from 'node:process';
import { Divider } from '../../src/accounting/divide.ts';
import { SweepAccounting } from '../../src/accounting/mod.ts';
import { fingerprints } from '../../src/chunkers/fingerprint.ts';
import { createChunker, lengthsOfMany } from '../../src/chunkers/mod.ts';
import { expandGrid } from '../../src/ids.ts';
import { FileSource, MemorySource, readRange } from '../../src/streams/source.ts';

const MOST_BYTES = 160 << 20;
const ROUNDS = 3;
const SETS = expandGrid('fastcdc:avg=4KiB..512KiB,nc={0,1,2}');

const paths = process.argv.length > 2 ? process.argv.slice(2) : [process.execPath];
const series = paths.map((path) => {
  const file = new FileSource(path);
  return new MemorySource(readRange(file, 0, Math.min(file.length, MOST_BYTES)));
});
const plain = createChunker('fastcdc:avg=64KiB');
const chunkers = SETS.map((id) => createChunker(id));

const SHA = 'SHA-256 of node:crypto, one pass';
const PLAIN = 'fastcdc:avg=64KiB, cut and xxh128 of each chunk';
const SWEEP = `${SETS.length} sets, cut and accounted`;
const cases: Readonly<Record<string, () => unknown>> = {
  [SHA]: () => {
    for (const { bytes } of series) createHash('sha256').update(bytes).digest();
  },
  [PLAIN]: async () => {
    for (const source of series) await fingerprints(source, plain.lengths(source), 'xxh128');
  },
  [`${SETS.length} sets, cut only`]: () => {
    for (const source of series) lengthsOfMany(chunkers, source);
  },
  [SWEEP]: async () => {
    const accounting = new SweepAccounting(SETS);
    const divider = await Divider.create(SETS);
    for (const source of series) accounting.enter(divider.divide([source]));
  },
};

/** Cases take turns, so that what else the machine does meets all of them alike. Milliseconds. */
const samples = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, run] of Object.entries(cases)) {
    const start = performance.now();
    await run();
    // The first round warms up.
    if (round > 0) samples.get(name)!.push(performance.now() - start);
  }
}

const median = (name: string): number => samples.get(name)!.toSorted((a, b) => a - b)[ROUNDS >> 1]!;
const megabytes = series.reduce((sum, { length }) => sum + length, 0) / 1e6;
const rows = Object.keys(cases).map((name) => {
  const ms = median(name);
  const ratios = [PLAIN, SHA].map((base) => (ms / median(base)).toFixed(2));
  return `| ${[name, ms.toFixed(0), ((1000 * megabytes) / ms).toFixed(0), ...ratios].join(' | ')} |`;
});
const peak = process.resourceUsage().maxRSS / 1024;
const runtime = 'Deno' in globalThis ? 'Deno' : `Node ${process.version}`;
process.stdout.write(
  `${cpus()[0]?.model.trim()} · ${runtime} · ${megabytes.toFixed(1)} MB in ${series.length} streams · peak ${peak.toFixed(0)} MiB with all streams held

| case | ms, median of ${ROUNDS} | MB/s | ÷ plain pass | ÷ SHA-256 pass |
|---|--:|--:|--:|--:|
${rows.join('\n')}
`,
);
