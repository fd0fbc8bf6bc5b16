import type { RunModel } from '../../results/run.ts';
import { labelModels } from '../models.ts';
import { withoutVainSums } from '../sums.ts';
import type { View } from '../view.ts';
import { answer, modelledTime, requests } from './answer.ts';
import { chunkSize } from './chunk-size.ts';
import { missing, reproducibility, throughput } from './machine.ts';
import { parallelism } from './parallelism.ts';
import { sides } from './sides.ts';
import { speed } from './speed.ts';
import { fidelity, storage } from './storage.ts';
import { timeModel } from './time-model.ts';
import { breakEven, front, transfer } from './transfer.ts';

/** The summary in words. Every sentence is computed from records; where they are missing, it is not said. */
export interface Sentence {
  /** What it is about: `Storage`. */
  readonly topic: string;
  /** One or more sentences of plain text: names in it are not escaped. */
  readonly text: string;
}

export function summarise(run: View): readonly Sentence[] {
  const view = withoutVainSums(run);
  const label = labelModels(view.info.models);
  const name = (model: RunModel): string => label.get(model.id)!;
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['Answer', answer(view, name)],
    ['Storage', storage(view, name)],
    ['Requests', requests(view, name)],
    ['Fidelity', fidelity(view, name)],
    ['Modelled time', modelledTime(view, name)],
    ...transfer(view, name),
    ['Break-even', breakEven(view, name)],
    ['Disk', sides(view, name)],
    ['Chunk size', chunkSize(view)],
    ['Bytes or requests', front(view, name)],
    ['Time model', timeModel(view, name)],
    ['Throughput', throughput(view, name)],
    ['Parallelism', parallelism(view, name)],
    ['Speed', speed(view)],
    ['Reproducibility', reproducibility(view, name)],
    ['Missing', missing(view, name)],
  ];
  return parts.flatMap(([topic, texts]) =>
    texts.length > 0 ? [{ topic, text: texts.join(' ') }] : [],
  );
}
