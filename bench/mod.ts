import { chunkSize } from './chunk-size.ts';
import { chunkerChoice } from './chunker-choice.ts';
import { compressedInput } from './compressed-input.ts';
import { deltas } from './deltas.ts';
import type { Experiment, Timing } from './experiment.ts';
import { speed } from './speed/speed.ts';

/** What `bench run NAME` knows. To add one: a file that asks one question, and its name here. */
export const experiments: readonly (Experiment | Timing)[] = [
  chunkSize,
  chunkerChoice,
  compressedInput,
  deltas,
  speed,
];
