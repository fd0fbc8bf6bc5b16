import { breakEven } from './break-even.ts';
import { canonicalTar } from './canonical-tar.ts';
import { chunkBlobs } from './chunk-blobs.ts';
import { chunkSize } from './chunk-size.ts';
import { chunkerChoice } from './chunker-choice.ts';
import { compressedInput } from './compressed-input.ts';
import { crossDistro } from './cross-distro.ts';
import { deltas } from './deltas.ts';
import type { Experiment } from './experiment.ts';
import { fileLevel } from './file-level.ts';
import { layers } from './layers.ts';
import { metadataInline } from './metadata-inline.ts';
import { metadataRoot } from './metadata-root.ts';
import { metadataShare } from './metadata-share.ts';
import { order } from './order.ts';
import { packs } from './packs.ts';
import { range } from './range.ts';
import { seriesDedup } from './series-dedup.ts';
import { speed } from './speed/speed.ts';
import { stream } from './stream.ts';
import { timeModel } from './time-model/time-model.ts';
import { wireAndDisk } from './wire-and-disk.ts';

/** What `bench run NAME` knows. To add one: a file that holds one claim or more, and its name here. */
export const experiments: readonly Experiment[] = [
  chunkSize,
  chunkerChoice,
  seriesDedup,
  crossDistro,
  breakEven,
  fileLevel,
  wireAndDisk,
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
  speed,
  timeModel,
];
