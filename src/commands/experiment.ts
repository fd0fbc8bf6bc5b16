import { relative } from 'node:path';
import { type Experiment, sweepInto, type Timing } from '../../bench/experiment.ts';
import { run } from '../pipeline.ts';
import type { Plan } from '../plan.ts';
import { writeReport } from '../report/mod.ts';
import { EXIT, type Io, type Words } from './command.ts';
import { createContext } from './context.ts';
import { createProgress } from './progress.ts';

/** Packs what must be packed, sweeps or times the rest, draws the report and prints the verdict. */
export async function runExperiment(
  experiment: Experiment | Timing,
  plan: Plan,
  words: Words,
  io: Io,
): Promise<number> {
  const { directory } = plan;
  const progress = createProgress(io);
  const context = createContext(words, io, plan.dataset, progress);
  progress.note(`${experiment.name} on ${plan.dataset.id} → ${relative('.', directory) || '.'}`);
  if (plan.models.length > 0) {
    const failures = await run(plan, context, progress);
    if (failures > 0) {
      progress.note(`${failures} cells failed: no verdict; run again to retry them`);
      return EXIT['different']!;
    }
  }
  const verdict = await ('timeInto' in experiment
    ? experiment.timeInto(plan, context, progress)
    : sweepInto(experiment, plan, context, progress));
  for (const path of await writeReport(directory)) io.out(`${relative('.', path)}\n`);
  io.out(verdict);
  return EXIT['fine']!;
}
