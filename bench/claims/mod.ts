import { layersSpareLittle } from './c01-layers.ts';
import { removingGrows } from './c02-remove.ts';
import { metadataCostsContent } from './c03-metadata.ts';
import { editCostsChunks } from './c04-small-edit.ts';
import { seriesShrinks } from './c05-series.ts';
import { distributionsShare } from './c06-distributions.ts';
import { chunksWinBack, solidIsSmaller } from './c07-compression.ts';
import { bestCompressed, bestRaw } from './c08-chunk-size.ts';
import { fixedIsEnough } from './c09-fixed.ts';
import { filesAreEnough, filesCostLittle } from './c10-files.ts';
import { streamWins } from './c11-stream.ts';
import { orderMatters } from './c12-order.ts';
import { chosenParametersDestroy } from './c13-parameters.ts';
import { unitsDiffer } from './c14-wire-and-disk.ts';
import { cutsAnywhereLose, cutsOnBlocksCost, cutsOnBlocksShare } from './c15-alignment.ts';
import {
  blobNeedsFewerRequests,
  blobTakesNoLonger,
  blobTransfersAsLittle,
  partialPullIsSlower,
} from './c16-blob.ts';
import { rangesAreUnreliable } from './c17-ranges.ts';
import { manifestTooLong } from './c18-manifest.ts';
import { packsOverFetch, packsSpareRequests } from './c19-packs.ts';
import { compressedSharesNothing } from './c20-compressed-input.ts';
import { noCanonicalForm } from './c21-canonical.ts';
import { tarSuffices } from './c22-canonical-tar.ts';
import { noAvalanche } from './c23-avalanche.ts';
import { apartSpares, inlineRuins } from './c24-inline.ts';
import { metadataIsSmall, metadataStaysSmall } from './c25-metadata-share.ts';
import { flatIsAcceptable, flatScales } from './c26-root.ts';
import { layersAreSerial, partsAreParallel } from './c27-parallel-extract.ts';
import { parallelCutsAlike } from './c28-parallel-cuts.ts';
import { chunkersAlike } from './c29-chunkers.ts';
import { nominalIsOff } from './c30-nominal.ts';
import { deltasWin } from './c31-deltas.ts';
import { fewBytesToStart } from './c32-lazy-start.ts';
import { packageLayersCost, packageLayersSuffice } from './c33-packages.ts';
import { filesAreAccounted } from './c34-accounted.ts';
import { hashingBounds } from './c35-hash.ts';
import { timeIsPredicted } from './c36-time-model.ts';
import type { Claim } from './claim.ts';
import { touchCostsContent } from './t01-touch.ts';
import { programsDiffer } from './t02-same-program.ts';

/** What `bench claims` knows, by id. To add one: a file that says what is claimed and makes cases of records, and its name here. */
export const claims: readonly Claim[] = [
  layersSpareLittle,
  removingGrows,
  metadataCostsContent,
  editCostsChunks,
  seriesShrinks,
  distributionsShare,
  solidIsSmaller,
  chunksWinBack,
  bestCompressed,
  bestRaw,
  fixedIsEnough,
  filesAreEnough,
  filesCostLittle,
  streamWins,
  orderMatters,
  chosenParametersDestroy,
  unitsDiffer,
  cutsAnywhereLose,
  cutsOnBlocksShare,
  cutsOnBlocksCost,
  blobTransfersAsLittle,
  blobNeedsFewerRequests,
  blobTakesNoLonger,
  partialPullIsSlower,
  rangesAreUnreliable,
  manifestTooLong,
  packsSpareRequests,
  packsOverFetch,
  compressedSharesNothing,
  noCanonicalForm,
  tarSuffices,
  noAvalanche,
  inlineRuins,
  apartSpares,
  metadataIsSmall,
  metadataStaysSmall,
  flatIsAcceptable,
  flatScales,
  layersAreSerial,
  partsAreParallel,
  parallelCutsAlike,
  chunkersAlike,
  nominalIsOff,
  deltasWin,
  fewBytesToStart,
  packageLayersSuffice,
  packageLayersCost,
  filesAreAccounted,
  hashingBounds,
  timeIsPredicted,
  touchCostsContent,
  programsDiffer,
];
