/** One line of `records.jsonl`: self-contained, see METHODS.md. Field order is the order on the line. */
export interface RecordKey {
  /** Version of the methodology: records of different versions are not comparable. */
  readonly method: number;
  /** `id@sha256:…` of the dataset as resolved. */
  readonly dataset: string;
  /** Image id in the dataset; `*` for the series as a whole. */
  readonly image: string;
  /** Canonical model id; `*` for facts of the image itself. */
  readonly model: string;
  /** What the client holds, as in measures/clients.ts; `-` where no client is involved. */
  readonly client: string;
  /** Link id such as `dsl`; present for times. */
  readonly link?: string;
  /** Number of workers; present for throughput. */
  readonly workers?: number;
  /** Number of the layer, the lowest 1; present for figures of one layer. */
  readonly layer?: number;
  /** Program whose start is served; present for lazy starts. */
  readonly program?: string;
  /** Dotted name from the table of measures: `dedup.unique_bytes`; `*` where a cell failed or was skipped as a whole. */
  readonly measure: string;
}

/** A figure. */
export interface ValueRecord extends RecordKey {
  /** In the unit beside it; text where that is `sha256`, `version` or `name`. */
  readonly value: number | string;
  /** Of the measure. */
  readonly unit: string;
  /** True: the same bytes on any machine, runtime and number of workers. False: timed, or derived from timed values. */
  readonly exact: boolean;
  /** Timed records: repetitions, and where their median may lie: `intervalOf` of src/stats says what that is by n. */
  readonly n?: number;
  /** Lower end of where the median may lie. */
  readonly low?: number;
  /** Upper end of where the median may lie. */
  readonly high?: number;
  /** Times of all repetitions: milliseconds, in the order measured. Absent of what is no time, and of older versions. */
  readonly samples?: readonly number[];
  /** Repetitions that were taken while the machine did other work: the value is compared with no other. Absent for none. */
  readonly disturbed?: number;
}

/** How often a timed value was measured. */
export function repetitionsOf({ samples, n = 1 }: ValueRecord): number {
  return samples?.length ?? n;
}

/** A cell that failed; the rest of the run went on. */
export interface FailedRecord extends RecordKey {
  /** What went wrong, where, and what to do. */
  readonly error: string;
}

/** A cell that could not be tried here, and what would make it possible. */
export interface SkippedRecord extends RecordKey {
  /** Why, and what would make it possible. */
  readonly skipped: string;
}

/** One line of `records.jsonl`. */
export type ResultRecord = ValueRecord | FailedRecord | SkippedRecord;
