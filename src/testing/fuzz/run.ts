import { fuzz } from './fuzz.ts';
import { targets } from './targets.ts';
import { Watchdog } from './watchdog.ts';

/**
 * Fuzzes all targets in turns, for a time, and fails with the smallest input that breaks one.
 *
 *     node dist/src/testing/fuzz/run.js [SECONDS] [SEED]     the same seed gives the same inputs
 */

/** Inputs of one target in one turn. */
const RUNS = 300;

const [seconds = '60', given] = process.argv.slice(2);
let seed = given === undefined ? Date.now() % 2 ** 31 : Number(given);
const end = performance.now() + Number(seconds) * 1000;
process.stdout.write(`fuzzing ${targets.length} targets for ${seconds} s from seed ${seed}\n`);

const watchdog = new Watchdog();
let turns = 0;
while (performance.now() < end && process.exitCode === undefined) {
  for (const [number, target] of targets.entries()) {
    watchdog.begin(number, seed);
    const finding = await fuzz(target, seed, RUNS, watchdog.beat);
    if (!finding) continue;
    process.stdout.write(`\n${finding.target}, seed ${finding.seed}:\n${finding.report}\n`);
    process.exitCode = 1;
  }
  seed = (seed + 1) % 2 ** 31;
  turns++;
}
await watchdog.stop();
const inputs = turns * targets.length * RUNS;
const peak = process.resourceUsage().maxRSS >> 10;
process.stdout.write(
  `${inputs} inputs, ${peak} MiB at the peak: ${process.exitCode === 1 ? 'failed' : 'nothing found'}\n`,
);
