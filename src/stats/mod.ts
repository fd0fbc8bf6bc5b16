export {
  differenceIn,
  floorOf,
  LEVEL,
  pairsOf,
  roundsToCompare,
  toldApart,
} from './apart.ts';
export { breakEven, lastingBreakEven, paretoFront } from './compare.ts';
export { paretoFrontOf } from './front.ts';
export { areSettled, isSettled, leaveOneOut } from './leave-one-out.ts';
export { holm, rankSumTest, signFlipTest } from './permutation.ts';
export { poissonInterval } from './poisson.ts';
export { change, defined, divide, type Maybe, mean, remainder } from './quotient.ts';
export { seeded, shuffled } from './random.ts';
export {
  INTERVAL_SAMPLES,
  type Interval,
  intervalName,
  intervalOf,
  isWithin,
  median,
  medianAbsoluteDeviation,
  percentiles,
} from './sample.ts';
export { efficiency, karpFlatt, speedUp } from './scaling.ts';
export {
  type Interaction,
  type Observation,
  type VarianceShares,
  varianceShares,
} from './variance.ts';
