import { type Experiment, measureExperiment, writeVerdict } from '../../bench/experiment.ts';
import { plural } from '../format.ts';
import { contextOf } from '../library.ts';
import type { Plan } from '../plan.ts';
import { shownPath } from '../progress.ts';
import { writeReport } from '../report/mod.ts';
import { EXIT, type Io, type Words } from './command.ts';
import { surroundingsOf } from './context.ts';
import { createProgress } from './progress.ts';

/** Measures what the experiment asks for, writes verdict and report, and prints the verdict. */
export async function runExperiment(
  experiment: Experiment,
  plan: Plan,
  words: Words,
  io: Io,
): Promise<number> {
  const progress = createProgress(io);
  const context = contextOf(plan.dataset, surroundingsOf(words, io, progress));
  progress.note(`${experiment.name} on ${plan.dataset.id} → ${shownPath(plan.directory)}`);
  if (experiment.timed?.takes !== undefined) progress.note(experiment.timed.takes);
  const { failures, observed } = await measureExperiment(experiment, plan, context, progress);
  if (failures > 0) {
    progress.note(`${plural(failures, 'cell')} failed: no verdict; run again to retry them`);
    return EXIT['different']!;
  }
  const verdict = await writeVerdict(experiment, plan, context, observed);
  for (const path of await writeReport(plan.directory)) io.out(`${shownPath(path)}\n`);
  io.out(verdict);
  return EXIT['fine']!;
}
