import { divide } from '../../src/stats/mod.ts';
import { quotientBar, TIME_RESOLUTION } from '../../src/verdicts/case.ts';
import { BANDWIDTH, CODEC, ENTRIES, ROUND_TRIP } from './axes.ts';
import { LINKS, linkParameters, SERIES_DATASETS } from './chains.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

const chain = (serialiser: string, codec: string): string =>
  `${serialiser}|whole|${codec}|objects|get`;
const CODECS = ['none', 'zstd:3'];

export const flatIsAcceptable: Claim = {
  id: 'C26',
  name: 'flat root',
  statement:
    'A flat metadata root is acceptable: an update takes at most 10 % more modelled time than with an object per directory.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'opencontainers/umoci, branch experimental/ociv2 (d565c74a)',
      date: '2019',
      quote: 'revamped snapshotting (flattened tree)',
    },
  ],
  datasets: SERIES_DATASETS,
  packed: CODECS.flatMap((codec) => [chain('files', codec), chain('merkle-files', codec)]),
  links: LINKS,
  bar: quotientBar('at most', 1.1, 'ratio', TIME_RESOLUTION),
  axes: [BANDWIDTH, ROUND_TRIP, CODEC],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      CODECS.flatMap((codec) =>
        LINKS.map((link) => {
          const ms = (serialiser: string): number =>
            records.number(
              one.step,
              records.model(chain(serialiser, codec)),
              'transfer.network_ms',
              'previous',
              link,
            );
          return caseOf(
            one,
            { ...linkParameters(link), codec: codec.split(':')[0]! },
            divide(ms('files'), ms('merkle-files')),
            flatIsAcceptable.bar,
          );
        }),
      ),
    ),
};

/** A scratch image to one with everything on it. */
const SCALES = [1e3, 1e4, 1e5, 1e6];
const CODEC_OF_SCALES = 'zstd:3';

export const flatScales: Claim = {
  ...flatIsAcceptable,
  id: 'C26-entries',
  construction:
    'Entries beyond those of the image are extrapolated, and scale the flat root alone: that it is too large from some number on is certain, where is what is asked.',
  name: 'flat root, scaled',
  statement:
    'A flat metadata root stays acceptable up to a million entries: at most 10 % more modelled time of an update.',
  axes: [ENTRIES, BANDWIDTH, ROUND_TRIP],
  cases: (records) =>
    stepsOf(records).flatMap((one) => {
      const models = ['files', 'merkle-files'].map((serialiser) =>
        records.model(chain(serialiser, CODEC_OF_SCALES)),
      ) as [string, string];
      const own = records.number(one.step, '*', 'image.entries');
      const root = records.number(one.step, models[0], 'transfer.metadata_bytes', 'previous');
      return LINKS.flatMap((link) => {
        const [flat, divided] = models.map((model) =>
          records.number(one.step, model, 'transfer.network_ms', 'previous', link),
        ) as [number, number];
        const at = linkParameters(link);
        return SCALES.map((entries) => {
          // A root is one body, asked for before anything else: its bytes add what the link takes for them.
          const more = ((entries / own - 1) * root * 8000) / at.bandwidth;
          return caseOf(one, { ...at, entries }, divide(flat + more, divided), flatScales.bar);
        });
      });
    }),
};
