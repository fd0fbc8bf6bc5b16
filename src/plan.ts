import type { Dataset } from './datasets/mod.ts';
import type { Link } from './links/mod.ts';

/** What a run measures, and where it is kept. */
export interface Plan {
  readonly dataset: Dataset;
  /** Image ids in series order. */
  readonly images: readonly string[];
  /** Canonical model ids. */
  readonly models: readonly string[];
  readonly links: readonly Link[];
  readonly workers: number;
  /** Models whose throughput and reproducibility are measured: canonical ids. */
  readonly timed: readonly string[];
  readonly reproduced: readonly string[];
  /** Repetitions of each timed cell. */
  readonly repeat: number;
  readonly directory: string;
}
