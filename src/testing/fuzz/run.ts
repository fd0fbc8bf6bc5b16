import { fuzz } from './fuzz.ts';
import { targets } from './targets.ts';

/**
 * Fuzzes all targets in turns, for a time, and fails with the smallest input that breaks one.
 *
 *     node dist/src/testing/fuzz/run.js [SECONDS] [SEED]     the same seed gives the same inputs
 */

/** Inputs of one target in one turn. */
const RUNS = 300;
/** Memory at the end over that after the first turn, when code is compiled and buffers are there: bytes. */
const GROWTH = 512 << 20;

const [seconds = '60', given] = process.argv.slice(2);
let seed = given === undefined ? Date.now() % 2 ** 31 : Number(given);
const end = performance.now() + Number(seconds) * 1000;
process.stdout.write(`fuzzing ${targets.length} targets for ${seconds} s from seed ${seed}\n`);

let turns = 0;
let settled = 0;
while (performance.now() < end && process.exitCode === undefined) {
  for (const target of targets) {
    const finding = await fuzz(target, seed, RUNS);
    if (!finding) continue;
    process.stdout.write(`\n${finding.target}, seed ${finding.seed}:\n${finding.report}\n`);
    process.exitCode = 1;
  }
  seed = (seed + 1) % 2 ** 31;
  turns++;
  if (turns === 1) settled = process.memoryUsage.rss();
}
const grown = process.memoryUsage.rss() - settled;
if (grown > GROWTH) {
  process.stdout.write(`memory grew by ${grown >> 20} MiB\n`);
  process.exitCode = 1;
}
const inputs = turns * targets.length * RUNS;
process.stdout.write(
  `${inputs} inputs, memory grew by ${Math.max(0, grown) >> 20} MiB: ${process.exitCode === 1 ? 'failed' : 'nothing found'}\n`,
);
