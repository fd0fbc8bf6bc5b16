import { chunkSize } from './chunk-size.ts';
import { chunkerChoice } from './chunker-choice.ts';
import type { Experiment } from './experiment.ts';

/** What `bench run NAME` knows. To add one: a file that asks one question, and its name here. */
export const experiments: readonly Experiment[] = [chunkSize, chunkerChoice];
