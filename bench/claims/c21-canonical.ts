import { countBar } from '../../src/verdicts/case.ts';
import { CANONICAL } from '../producers/archivers.ts';
import { modelOf } from '../producers/measure.ts';
import { named } from './axes.ts';
import { type Claim, caseOf } from './claim.ts';

const compressed = (...ids: readonly string[]): readonly string[] =>
  ids.map((id) => modelOf(CANONICAL, id));

/** Programs that write the same thing, each once, told to say as little as it can: other options of one program are no second program. */
const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  tar: [CANONICAL, 'gnu-tar-listed', 'bsdtar-listed', 'python', 'umoci'].map((id) => modelOf(id)),
  gzip: compressed('gzip-n', 'pigz-n', 'zlib-python', 'zlib-runtime', 'gzip-ocibench'),
  zstd: compressed('zstd', 'zstd-ocibench'),
};

export const noCanonicalForm: Claim = {
  id: 'C21',
  name: 'no canonical form',
  statement:
    'Tar and its compressors have no canonical form: programs write one tree as at least two digests.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'opencontainers/umoci#508',
      date: 'undated',
      quote: 'baking in compression to the image blob format was a mistake',
    },
  ],
  datasets: ['ci-slice'],
  experiment: 'producers',
  bar: countBar('at least', 2),
  axes: [named('of', 'what is written')],
  // One tree that programs write differently is enough.
  leastSteps: 1,
  whyNone: 'two programs that write tars, or compress them, would decide',
  cases: ({ images, view }) => {
    const digests = new Map(
      view.of('reproducibility.archive_digest').map(({ model, value }) => [model, String(value)]),
    );
    return Object.entries(PRODUCTS).flatMap(([of, models]) => {
      const found = models.flatMap((model) => digests.get(model) ?? []);
      if (found.length < 2) return [];
      const count = new Set(found).size;
      return [caseOf({ step: images[0]!, kind: 'image' }, { of }, count, noCanonicalForm.bar)];
    });
  },
};
