import { formatBinary, plural } from '../src/format.ts';
import { groupBy } from '../src/report/group.ts';
import { familyOf } from '../src/report/models.ts';
import { isMet } from '../src/results/verdict.ts';
import { change, defined, type Maybe } from '../src/stats/mod.ts';
import { CHUNKERS, MEANS, STANDARD } from './compared-chunkers.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import { interpolate, type Records } from './records.ts';
import {
  type Bar,
  type Case,
  caseOf,
  claim,
  ends,
  type Finding,
  figureOf,
  fromTo,
  percent,
  SERIES,
  seriesText,
  undecided,
  verdictWord,
} from './verdict.ts';

/**
 * Does it matter which chunker cuts? Claims C09 (fixed chunks do as well), C29 (content-defined chunkers dedup alike), C30
 * (the average asked for is not the actual mean). Unique bytes are compared at equal actual mean.
 */

/** Differences below are called none: what claims of this kind are about is larger. */
const SAME = 0.02;
const ALIKE: Bar = { unit: 'share', side: 'within', bar: SAME };
const NO_WORSE: Bar = { unit: 'share', side: 'at most', bar: SAME };
/** More than this beside what was asked for is called another mean. */
const OFF: Bar = { unit: 'share', side: 'beyond', bar: 0.1 };

type Serialiser = keyof typeof CHUNKERS;
const SERIALISERS: readonly Serialiser[] = ['catar', 'files'];

export const chunkerChoice: Experiment = createExperiment({
  name: 'chunker-choice',
  claims:
    'C09 fixed chunks are enough; C29 content-defined chunkers dedup alike; C30 the actual mean chunk is not the average asked for',
  title: 'Does it matter which chunker cuts?',
  swept: SERIALISERS.flatMap((serialiser) => CHUNKERS[serialiser]),
  packed: [],
  chart: 'chunk-size',
  isOfAnyStep: true,
  verdict(records) {
    return [alike(records), fixedIsEnough(records), nominal(records)];
  },
});

interface Point {
  /** Undefined for chunkers that are asked for another size than an average. */
  readonly asked: number | undefined;
  readonly mean: number;
  readonly unique: number;
}

/** True where some chunker of them stores fewer bytes than there are: where none does, none can do better than another. */
function isSpared(records: Records, serialiser: Serialiser): boolean {
  const own = records.models(...CHUNKERS[serialiser]);
  const last = records.images.at(-1)!;
  return own.some((model) => {
    const bytes = records.images.map((image) => records.number(image, model, 'dedup.stream_bytes'));
    const all = bytes.reduce((sum, one) => sum + one, 0);
    return records.number(last, model, 'dedup.unique_bytes') < all;
  });
}

/** `fastcdc nc=1`, `rabin`, `fixed` → points, on the last image of the series. */
function curves(records: Records, serialiser: Serialiser): ReadonlyMap<string, readonly Point[]> {
  const image = records.images.at(-1)!;
  const own = records.models(...CHUNKERS[serialiser]);
  const grouped = groupBy(own, (model) => {
    const chunker = model.split('|')[1]!;
    const nc = /nc=\d/.exec(chunker)?.[0];
    return [chunker.split(':')[0], nc].filter(Boolean).join(' ');
  });
  const point = (model: string): Point => ({
    asked: familyOf(model).average,
    mean: records.number(image, model, 'chunks.mean'),
    unique: records.number(image, model, 'dedup.unique_bytes'),
  });
  return new Map([...grouped].map(([name, models]) => [name, models.map(point)]));
}

interface Difference {
  /** Obtained by both, bytes. */
  readonly mean: number;
  readonly share: number;
}

/** Unique bytes over those of the standard, less one, at each mean that both reach. */
function differences(points: readonly Point[], standard: readonly Point[]): readonly Difference[] {
  const line = (list: readonly Point[]): readonly (readonly [number, number])[] =>
    list.map(({ mean, unique }) => [mean, unique]);
  return MEANS.flatMap((mean) => {
    const share = change(interpolate(line(points), mean), interpolate(line(standard), mean));
    return share === undefined ? [] : [{ mean, share }];
  });
}

/** @param isOpen no chunker spares a byte: none is better than another */
function casesOf(
  parameters: Case['parameters'],
  found: readonly Difference[],
  bar: Bar,
  isOpen: boolean,
): readonly Case[] {
  return found.map(({ mean, share }) =>
    caseOf(SERIES, { ...parameters, mean: formatBinary(mean) }, isOpen ? undefined : share, bar),
  );
}

function alike(records: Records): Finding {
  const all = curves(records, 'catar');
  const standard = all.get(STANDARD)!;
  const isOpen = !isSpared(records, 'catar');
  const reached = [...all]
    .filter(([name]) => name !== STANDARD && name !== 'fixed')
    .map(([chunker, points]) => ({ chunker, found: differences(points, standard) }))
    .filter(({ found }) => found.length > 0);
  if (reached.length === 0)
    return undecided(
      'C29 content-defined chunkers dedup alike',
      'no mean is reached by two chunkers',
    );
  const cases = reached.map(({ chunker, found }) => casesOf({ chunker }, found, ALIKE, isOpen));
  const apart = cases.filter((own) => own.some((one) => isMet(one) === false)).length;
  const shares = reached.flatMap(({ found }) => found.map(({ share }) => share));
  return claim(
    `C29 content-defined chunkers dedup alike (catar, means ${meansText()}, within ±${percent(SAME)})`,
    verdictWord(cases.flat(), 'chunker and mean'),
    `. Unique bytes of ${seriesText(records)} beside ${STANDARD}: ${range(shares)}. Not alike at some mean: ${apart} of ${reached.length} chunkers.`,
  );
}

function fixedIsEnough(records: Records): Finding {
  const reached = (['files', 'catar'] as const)
    .map((serialiser) => {
      const all = curves(records, serialiser);
      const found = differences(all.get('fixed')!, all.get(STANDARD)!);
      return { serialiser, found };
    })
    .filter(({ found }) => found.length > 0);
  if (reached.length < SERIALISERS.length) {
    return undecided(
      'C09 fixed chunks are enough',
      'fixed and content-defined reach no common mean',
    );
  }
  const enough = reached.map(({ serialiser, found }) =>
    casesOf({ serialiser }, found, NO_WORSE, !isSpared(records, serialiser)),
  );
  const parts = reached.map(
    ({ serialiser, found }) =>
      `${serialiser} ${range(found.map(({ share }) => share))} (${found.length} of these means reached)`,
  );
  return claim(
    `C09 fixed chunks are enough (at most ${percent(SAME)} more unique bytes than ${STANDARD} at equal mean, ${meansText()})`,
    verdictWord(enough, 'the serialisation'),
    `. ${parts.join('; ')}.`,
  );
}

function nominal(records: Records): Finding {
  const rows = SERIALISERS.flatMap((serialiser) =>
    [...curves(records, serialiser)]
      .map(([chunker, points]) => ({
        at: { serialiser, chunker },
        shares: points.flatMap(({ asked, mean }) =>
          // Without chunks there is no mean that could be off.
          asked && mean > 0 ? [change(mean, asked)] : [],
        ),
      }))
      .filter(({ shares }) => shares.length > 0),
  );
  // One average of a chunker that is off is enough.
  const cases = rows.map(({ at, shares }) => {
    const farthest = defined(shares).toSorted((a, b) => Math.abs(b) - Math.abs(a))[0];
    return caseOf(SERIES, { ...at, of: 'farthest of its averages' }, farthest, OFF);
  });
  return claim(
    `C30 the actual mean is not the average asked for (off by more than ${percent(OFF.bar)})`,
    verdictWord(cases, 'the chunker'),
    `. Actual beside asked: ${range(rows.flatMap(({ shares }) => shares))} (${plural(rows.length, 'chunker')}, each at several averages).`,
    rows.flatMap(({ at, shares }) => {
      const [least, most] = ends(shares);
      return [
        figureOf(SERIES, { of: 'least actual ÷ asked − 1', ...at }, least, 'share'),
        figureOf(SERIES, { of: 'greatest actual ÷ asked − 1', ...at }, most, 'share'),
      ];
    }),
  );
}

function range(shares: readonly Maybe[]): string {
  return fromTo(shares, (share) => percent(share, true));
}

const meansText = (): string => MEANS.map(formatBinary).join(', ');
