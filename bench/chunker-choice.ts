import { formatSize } from '../src/ids.ts';
import { groupBy } from '../src/report/group.ts';
import { familyOf } from '../src/report/models.ts';
import { type Experiment, interpolate, percent, type Records } from './experiment.ts';
import { verdictWord } from './verdict.ts';

/**
 * Does it matter which chunker cuts? Claims C09 (fixed chunks do as well), C29 (content-defined chunkers dedup alike), C30
 * (the average asked for is not the mean obtained). Unique bytes are compared at equal obtained mean.
 */

const AVERAGES = '8KiB..256KiB';
const NAMED_BY_AVERAGE = [
  'rabin',
  'fastcdc2016',
  'ronomon',
  'casync',
  'borg',
  'xet',
  'ae',
  'ram',
  'zchunk',
  'rollsum',
  'tttd',
];
const MEANS = [16, 32, 64, 128].map((kib) => 1024 * kib);
const STANDARD = 'fastcdc nc=1';
/** Differences below are called none: what claims of this kind are about is larger. */
const SAME = 0.02;
/** More than this beside what was asked for is called another mean. */
const OFF = 0.1;

export const chunkerChoice: Experiment = {
  name: 'chunker-choice',
  title: 'Does it matter which chunker cuts?',
  swept: [
    `catar|fastcdc:avg=${AVERAGES},nc={0,1,2}|none|objects|get`,
    ...NAMED_BY_AVERAGE.map((name) => `catar|${name}:avg=${AVERAGES}|none|objects|get`),
    // Minima whose means lie in the same range.
    'catar|repmax:min=8KiB..128KiB|none|objects|get',
    'catar|maxcdc:min=4KiB..64KiB|none|objects|get',
    'catar|seqcdc:min=4KiB..64KiB|none|objects|get',
    'catar|fixed:size=8KiB..256KiB|none|objects|get',
    // Tails of small files pull the mean far below the size: larger ones reach the same means.
    'files|fastcdc:avg=8KiB..4MiB|none|objects|get',
    'files|fixed:size=8KiB..4MiB|none|objects|get',
  ],
  packed: [],
  verdict(records) {
    return [alike(records), fixedIsEnough(records), nominal(records)];
  },
};

interface Point {
  /** Undefined for chunkers that are asked for another size than an average. */
  readonly asked: number | undefined;
  readonly mean: number;
  readonly unique: number;
}

/** `fastcdc nc=1`, `rabin`, `fixed` → points, on the last image of the series. */
function curves(records: Records, serialiser: string): ReadonlyMap<string, readonly Point[]> {
  const image = records.images.at(-1)!;
  const own = records.models.filter((model) => model.startsWith(`${serialiser}|`));
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

/** Unique bytes over those of the standard, less one, at each mean that both reach. */
function differences(
  points: readonly Point[],
  standard: readonly Point[],
): readonly { readonly mean: number; readonly share: number }[] {
  const line = (list: readonly Point[]): readonly (readonly [number, number])[] =>
    list.map(({ mean, unique }) => [mean, unique]);
  return MEANS.flatMap((mean) => {
    const [own, base] = [interpolate(line(points), mean), interpolate(line(standard), mean)];
    return own === undefined || base === undefined ? [] : [{ mean, share: own / base - 1 }];
  });
}

function alike(records: Records): string {
  const all = curves(records, 'catar');
  const rows = [...all].filter(([name]) => name !== STANDARD && name !== 'fixed');
  const found = rows.map(([name, points]) => ({
    name,
    shares: differences(points, all.get(STANDARD)!).map(({ share }) => share),
  }));
  const within = (share: number): boolean => Math.abs(share) <= SAME;
  const shares = found.flatMap((one) => one.shares);
  if (shares.length === 0) return 'C29: undecided, no mean is reached by two chunkers.';
  const word = verdictWord(shares.map(within), 'chunker and mean');
  const reached = found.filter((one) => one.shares.length > 0);
  const parts = reached.map(({ name, shares: own }) => `${name} ${range(own)}`);
  const apart = reached.filter((one) => !one.shares.every(within)).map(({ name }) => name);
  const others = apart.length > 0 ? ` Not alike at some mean: ${apart.join(', ')}.` : '';
  return `C29 content-defined chunkers dedup alike (catar, means ${meansText()}, within ±${percent(SAME)}): **${word}**. Unique bytes beside ${STANDARD}: ${parts.join('; ')}.${others}`;
}

function fixedIsEnough(records: Records): string {
  const results = ['files', 'catar'].map((serialiser) => {
    const all = curves(records, serialiser);
    const shares = differences(all.get('fixed')!, all.get(STANDARD)!).map(({ share }) => share);
    return { serialiser, shares };
  });
  const reached = results.filter(({ shares }) => shares.length > 0);
  if (reached.length < 2) return 'C09: undecided, fixed and content-defined reach no common mean.';
  const enough = reached.map(({ shares }) => shares.every((share) => share <= SAME));
  const word = verdictWord(enough, 'the serialisation');
  const parts = reached.map(
    ({ serialiser, shares }) =>
      `${serialiser} ${range(shares)} (${shares.length} of these means reached)`,
  );
  return `C09 fixed chunks are enough (at most ${percent(SAME)} more unique bytes than ${STANDARD} at equal mean, ${meansText()}): **${word}**. ${parts.join('; ')}.`;
}

function nominal(records: Records): string {
  const rows = ['catar', 'files'].flatMap((serialiser) =>
    [...curves(records, serialiser)]
      .map(([name, points]) => ({
        name: `${serialiser} ${name}`,
        shares: points.flatMap(({ asked, mean }) => (asked ? [mean / asked - 1] : [])),
      }))
      .filter(({ shares }) => shares.length > 0),
  );
  const isOff = rows.map(({ shares }) => shares.some((share) => Math.abs(share) > OFF));
  const word = verdictWord(isOff, 'the chunker');
  const parts = rows.map(({ name, shares }) => `${name} ${range(shares)}`);
  return `C30 the obtained mean is not the average asked for (off by more than ${percent(OFF)}): **${word}**. ${parts.join('; ')}.`;
}

function range(shares: readonly number[]): string {
  return `${percent(Math.min(...shares), true)} … ${percent(Math.max(...shares), true)}`;
}

const meansText = (): string => MEANS.map(formatSize).join(', ');
