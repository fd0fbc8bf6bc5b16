export { breakEven, paretoFront } from './compare.ts';
export { seeded, shuffled } from './random.ts';
export {
  bootstrapMedian,
  type Interval,
  median,
  medianAbsoluteDeviation,
  percentile,
} from './sample.ts';
export { efficiency, karpFlatt, speedUp } from './scaling.ts';
