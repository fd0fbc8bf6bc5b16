import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { PluginError, UsageError } from '../../src/errors.ts';
import { writeErrors, writeOutput } from '../../src/output.ts';
import { projectDirectory } from '../../src/project.ts';

/**
 * Runs of one image by one model in pairs, each pair compared by `bench compare`: whatever is told to differ is told wrongly.
 * Exits with 1 where a timed figure of a pair is called different, or no pair could be compared.
 *
 *     node dist/bench/speed/aa.js [PAIRS [IMAGE [DATASET [MODEL]]]]
 */
const USAGE = 'node dist/bench/speed/aa.js [PAIRS [IMAGE [DATASET [MODEL]]]]';

/** What of `bench compare --format json` is read. */
interface ComparedRuns {
  readonly timed: {
    readonly compared: number;
    readonly busy?: string;
    readonly differences: readonly {
      readonly key: string;
      readonly measure: string;
      readonly ratio?: number;
      readonly isBeyondNoise: boolean;
    }[];
  };
}

function bench(...words: readonly string[]): string {
  const script = join(projectDirectory, 'bin/bench.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status === 0) return stdout;
  throw new PluginError(`bench ${words.join(' ')} ended with ${status}: ${stderr}`);
}

function main([
  pairs = '20',
  image = 't0',
  dataset = 'ci-slice',
  model = 'per-file',
]: readonly string[]): number {
  const count = Number(pairs);
  if (!(Number.isSafeInteger(count) && count > 0)) throw new UsageError(`usage: ${USAGE}`);
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-aa-'));
  const tally = { different: 0, compared: 0 };
  try {
    for (let pair = 1; pair <= count; pair++) {
      const runs = ['a', 'b'].map((name) => join(directory, `${pair}${name}`));
      for (const out of runs) {
        bench(
          ...['run', '--dataset', dataset, '--image', image, '--model', model, '--repeat', '7'],
          ...['--no-reproducibility', '--quiet', '--out', out],
        );
      }
      const { timed } = JSON.parse(bench('compare', ...runs, '--format', 'json')) as ComparedRuns;
      const apart = timed.differences.filter(({ isBeyondNoise }) => isBeyondNoise);
      const isCompared = timed.compared > 0 && timed.busy === undefined;
      if (isCompared) tally.compared++;
      if (apart.length > 0) tally.different++;
      const told = apart.map(({ key, measure, ratio }) => `${measure} of ${key}: ${ratio}`);
      const words = isCompared ? told.join('; ') || 'no difference' : (timed.busy ?? 'no times');
      writeOutput(`${pair}\t${timed.compared} timed figures\t${words}\n`);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const { different, compared } = tally;
  writeOutput(`${different} of ${compared} compared pairs worded as different (${count} made)\n`);
  return different > 0 || compared === 0 ? 1 : 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  writeErrors(`${error}\n`);
  process.exitCode = 2;
}
