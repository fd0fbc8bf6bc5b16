import { formatSize } from '../src/ids.ts';
import { groupBy } from '../src/report/group.ts';
import { familyOf } from '../src/report/models.ts';
import { change, defined, type Maybe } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, interpolate, type Records } from './experiment.ts';
import { claim, ends, type Finding, type Met, percent, undecided, verdictWord } from './verdict.ts';

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

export const chunkerChoice: Experiment = createExperiment({
  name: 'chunker-choice',
  claims: 'C09, C29 and C30',
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
});

interface Point {
  /** Undefined for chunkers that are asked for another size than an average. */
  readonly asked: number | undefined;
  readonly mean: number;
  readonly unique: number;
}

/** True where some chunker of them stores fewer bytes than there are: where none does, none can do better than another. */
function isSpared(records: Records, serialiser: string): boolean {
  const own = records.models.filter((model) => model.startsWith(`${serialiser}|`));
  const last = records.images.at(-1)!;
  return own.some((model) => {
    const bytes = records.images.map((image) => records.number(image, model, 'dedup.stream_bytes'));
    const all = bytes.reduce((sum, one) => sum + one, 0);
    return records.number(last, model, 'dedup.unique_bytes') < all;
  });
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
function differences(points: readonly Point[], standard: readonly Point[]): readonly number[] {
  const line = (list: readonly Point[]): readonly (readonly [number, number])[] =>
    list.map(({ mean, unique }) => [mean, unique]);
  return defined(
    MEANS.map((mean) => change(interpolate(line(points), mean), interpolate(line(standard), mean))),
  );
}

function alike(records: Records): Finding {
  const all = curves(records, 'catar');
  const rows = [...all].filter(([name]) => name !== STANDARD && name !== 'fixed');
  const found = rows.map(([name, points]) => ({
    name,
    shares: differences(points, all.get(STANDARD)!),
  }));
  const within = (share: number): boolean => Math.abs(share) <= SAME;
  const shares = found.flatMap((one) => one.shares);
  if (shares.length === 0) return undecided('C29', 'no mean is reached by two chunkers');
  const isOpen = !isSpared(records, 'catar');
  const cases = shares.map((share): Met => (isOpen ? undefined : within(share)));
  const word = verdictWord(cases, 'chunker and mean');
  const reached = found.filter((one) => one.shares.length > 0);
  const parts = reached.map(({ name, shares: own }) => `${name} ${range(own)}`);
  const apart = reached.filter((one) => !one.shares.every(within)).map(({ name }) => name);
  const others = apart.length > 0 ? ` Not alike at some mean: ${apart.join(', ')}.` : '';
  return claim(
    `C29 content-defined chunkers dedup alike (catar, means ${meansText()}, within ±${percent(SAME)})`,
    word,
    `. Unique bytes beside ${STANDARD}: ${parts.join('; ')}.${others}`,
  );
}

function fixedIsEnough(records: Records): Finding {
  const results = ['files', 'catar'].map((serialiser) => {
    const all = curves(records, serialiser);
    const shares = differences(all.get('fixed')!, all.get(STANDARD)!);
    return { serialiser, shares };
  });
  const reached = results.filter(({ shares }) => shares.length > 0);
  if (reached.length < 2) {
    return undecided('C09', 'fixed and content-defined reach no common mean');
  }
  const enough = reached.map(
    ({ serialiser, shares }): Met =>
      isSpared(records, serialiser) ? shares.every((share) => share <= SAME) : undefined,
  );
  const word = verdictWord(enough, 'the serialisation');
  const parts = reached.map(
    ({ serialiser, shares }) =>
      `${serialiser} ${range(shares)} (${shares.length} of these means reached)`,
  );
  return claim(
    `C09 fixed chunks are enough (at most ${percent(SAME)} more unique bytes than ${STANDARD} at equal mean, ${meansText()})`,
    word,
    `. ${parts.join('; ')}.`,
  );
}

function nominal(records: Records): Finding {
  const rows = ['catar', 'files'].flatMap((serialiser) =>
    [...curves(records, serialiser)]
      .map(([name, points]) => ({
        name: `${serialiser} ${name}`,
        shares: points.flatMap(({ asked, mean }) =>
          // Without chunks there is no mean that could be off.
          asked && mean > 0 ? [change(mean, asked)] : [],
        ),
      }))
      .filter(({ shares }) => shares.length > 0),
  );
  const isOff = rows.map(
    ({ shares }): Met => defined(shares).some((share) => Math.abs(share) > OFF),
  );
  const word = verdictWord(isOff, 'the chunker');
  const parts = rows.map(({ name, shares }) => `${name} ${range(shares)}`);
  return claim(
    `C30 the obtained mean is not the average asked for (off by more than ${percent(OFF)})`,
    word,
    `. ${parts.join('; ')}.`,
  );
}

function range(shares: readonly Maybe[]): string {
  return ends(shares)
    .map((share) => percent(share, true))
    .join(' … ');
}

const meansText = (): string => MEANS.map(formatSize).join(', ');
