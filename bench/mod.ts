import * as z from 'zod';
import { BenchError, PluginError, reasonOf } from '../src/errors.ts';
import { createNamedFamily, type Family } from '../src/family.ts';
import { findingSchema } from '../src/results/verdict.ts';
import { alignment } from './alignment.ts';
import { avalanche } from './avalanche/avalanche.ts';
import { breakEven } from './break-even.ts';
import { canonicalTar } from './canonical-tar.ts';
import { chunkBlobs } from './chunk-blobs.ts';
import { chunkSize } from './chunk-size.ts';
import { chunkerChoice } from './chunker-choice.ts';
import { compressedInput } from './compressed-input.ts';
import { crossDistro } from './cross-distro.ts';
import { deltas } from './deltas.ts';
import { createExperiment, type Experiment, type ExperimentParts } from './experiment.ts';
import { fileLevel } from './file-level.ts';
import { layers } from './layers.ts';
import { lazyStart } from './lazy-start/lazy-start.ts';
import { metadataInline } from './metadata-inline.ts';
import { metadataRoot } from './metadata-root.ts';
import { metadataShare } from './metadata-share.ts';
import { order } from './order.ts';
import { packs } from './packs.ts';
import { parallelCuts } from './parallel-cuts/parallel-cuts.ts';
import { parameters } from './parameters.ts';
import { producers } from './producers/producers.ts';
import { range } from './range.ts';
import { seriesDedup } from './series-dedup.ts';
import { speed } from './speed/speed.ts';
import { stream } from './stream.ts';
import { timeModel } from './time-model/time-model.ts';
import { transparency } from './transparency.ts';
import { MissingValue } from './verdict.ts';
import { wireAndDisk } from './wire-and-disk.ts';

/** What `bench run NAME` knows. To add one: a file that holds one claim or more, and its name here. */
const family: Family<Experiment> = createNamedFamily('experiment', [
  chunkSize,
  chunkerChoice,
  parameters,
  seriesDedup,
  crossDistro,
  breakEven,
  fileLevel,
  wireAndDisk,
  alignment,
  chunkBlobs,
  metadataShare,
  metadataInline,
  metadataRoot,
  packs,
  canonicalTar,
  compressedInput,
  deltas,
  layers,
  stream,
  order,
  range,
  producers,
  lazyStart,
  avalanche,
  speed,
  parallelCuts,
  timeModel,
  transparency,
]);

export const experiments: readonly Experiment[] = family.members;

/** Those of plug-ins, guarded as the others are. */
export function registerExperiments(more: readonly ExperimentParts[]): void {
  family.register(more.map((parts) => createExperiment({ ...parts, verdict: guarded(parts) })));
}

/** What an experiment of a plug-in answers is read again from verdict.json: there, a finding that is none would be too late. */
function guarded({ name, verdict }: ExperimentParts): ExperimentParts['verdict'] {
  return async (records) => {
    try {
      const findings = await verdict(records);
      const { error } = z.array(findingSchema).safeParse(findings);
      if (!error) return findings;
      const [issue] = error.issues;
      throw new TypeError(`finding ${issue!.path.join('.')}: ${issue!.message}`);
    } catch (cause) {
      if (cause instanceof MissingValue || cause instanceof BenchError) throw cause;
      const what = `experiment '${name}' has no verdict: ${reasonOf(cause)}`;
      throw new PluginError(what, {}, 'fix the plug-in: bench/verdict.ts makes findings', {
        cause,
      });
    }
  };
}
