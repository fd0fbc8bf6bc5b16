/** Chunkers that are compared at equal actual mean, by serialiser: one sweep for the experiment and for the claims C09, C29, C30. */

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

export const CHUNKERS: Readonly<Record<'catar' | 'files', readonly string[]>> = {
  catar: [
    `catar|fastcdc:avg=${AVERAGES},nc={0,1,2}|none|objects|get`,
    `catar|fastcdc:avg=${AVERAGES},seed=0x1|none|objects|get`,
    ...NAMED_BY_AVERAGE.map((name) => `catar|${name}:avg=${AVERAGES}|none|objects|get`),
    // Minima whose means lie in the same range.
    'catar|repmax:min=8KiB..128KiB|none|objects|get',
    'catar|maxcdc:min=4KiB..64KiB|none|objects|get',
    'catar|seqcdc:min=4KiB..64KiB|none|objects|get',
    'catar|fixed:size=8KiB..256KiB|none|objects|get',
  ],
  // Tails of small files pull the mean far below the size: larger ones reach the same means.
  files: [
    'files|fastcdc:avg=8KiB..4MiB|none|objects|get',
    'files|fixed:size=8KiB..4MiB|none|objects|get',
  ],
};

export const MEANS: readonly number[] = [16, 32, 64, 128].map((kib) => 1024 * kib);
export const STANDARD = 'fastcdc nc=1';
/** The standard with another gear table: its cuts differ by chance, so that its differences are those of no chunker. */
export const OTHER_TABLE = 'fastcdc seed=0x1';
/** No other chunkers: the cuts of FastCDC's first version are those of the second. */
export const CONTROLS: readonly string[] = [OTHER_TABLE, 'fastcdc2016 nc=1'];
