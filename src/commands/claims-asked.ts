import { SERIES_DATASETS, SHORT_SERIES } from '../../bench/claims/chains.ts';
import type { Claim } from '../../bench/claims/claim.ts';
import { claims } from '../../bench/claims/mod.ts';
import { experiments } from '../../bench/mod.ts';
import { isThere } from '../datasets/inputs.ts';
import { datasetNames } from '../datasets/mod.ts';
import { type BenchError, UsageError } from '../errors.ts';
import { nearest } from '../ids.ts';
import { listed } from '../listed.ts';
import type { Words } from './command.ts';

/** What the words ask for. */
export interface Asked {
  readonly claims: readonly Claim[];
  /** Words of each dataset, and the claims judged on it. */
  readonly judged: readonly {
    readonly dataset: readonly string[];
    readonly claims: readonly Claim[];
  }[];
}

/** Words that name claims come first; those after a dataset on disk are further images of its series. */
export function readAsked(words: Words): Asked {
  const named = words.texts('dataset');
  const ids = words.positionals.filter((word) => isClaim(word));
  const images = words.positionals.filter((word) => !isClaim(word));
  const [stray] = named.length === 0 || named.length > 1 ? images : [];
  if (stray !== undefined) throw notKnown(stray);
  const chosen =
    ids.length === 0 ? claims : claims.filter(({ id }) => ids.some((one) => covers(one, id)));
  if (named.length === 0) {
    const datasets = [...new Set(chosen.flatMap((claim) => claim.datasets))];
    const judged = datasets.map((dataset) => ({
      dataset: [dataset],
      claims: chosen.filter((claim) => claim.datasets.includes(dataset)),
    }));
    return { claims: chosen, judged: timedFirst(judged) };
  }
  const series = images.length > 0 ? [[...named, ...images]] : named.map((one) => [one]);
  return {
    claims: chosen,
    judged: series.map((dataset) => ({
      dataset,
      claims: ofDataset(chosen, dataset, ids.length > 0),
    })),
  };
}

/** What is timed comes before what loads the machine: the load of our own work would leave it undecided. */
export function timedFirst(judged: Asked['judged']): Asked['judged'] {
  const isTimed = ({ claims: own }: Asked['judged'][number]): boolean => own.some(isMeasuredApart);
  return [...judged.filter(isTimed), ...judged.filter((one) => !isTimed(one))];
}

/**
 * Of a dataset that some claims name, those; of any other all that its packings decide: what an experiment measures by itself
 * is of programs, servers or this machine, and says no more on other images.
 */
function ofDataset(
  chosen: readonly Claim[],
  dataset: readonly string[],
  isNamed: boolean,
): readonly Claim[] {
  const own = chosen.filter(({ datasets }) => decides(dataset[0]!, datasets));
  if (isNamed) return chosen;
  return own.length === 0 ? chosen.filter((claim) => !isMeasuredApart(claim)) : own;
}

function decides(dataset: string, datasets: readonly string[]): boolean {
  return (
    datasets.includes(dataset) ||
    (dataset === SHORT_SERIES && datasets.includes(SERIES_DATASETS[0]!))
  );
}

function isMeasuredApart({ experiment }: Claim): boolean {
  return experiments.some(({ name, timed }) => name === experiment && timed !== undefined);
}

export function isClaim(word: string): boolean {
  return claims.some(({ id }) => covers(word, id));
}

/** `C08` asks for `C08-raw` as well. */
function covers(asked: string, id: string): boolean {
  return asked.toUpperCase() === id.toUpperCase() || asked.toUpperCase() === id.split('-')[0];
}

function notKnown(word: string): BenchError {
  const ids = claims.map(({ id }) => id);
  if (isThere(word) || datasetNames().includes(word)) {
    return new UsageError(`'${word}' is no claim`, {}, `bench claims --dataset ${word}`);
  }
  const suggestion = nearest(word, ids);
  return new UsageError(
    `'${word}' is no claim`,
    {},
    suggestion ? `did you mean '${suggestion}'?` : `known: ${listed(ids)}; see bench list claims`,
  );
}
