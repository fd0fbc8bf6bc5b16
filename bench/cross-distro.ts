import { plural } from '../src/format.ts';
import { clientWith } from '../src/measures/clients.ts';
import { type Maybe, mean, remainder } from '../src/stats/mod.ts';
import { distributionsShare } from './claims/c06-distributions.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { type Figure, type Finding, figureOf, fromTo, percent, remark } from './verdict.ts';

/** Do images of different distributions share enough that dedup between them matters? Claim C06. */

/** Whole files, parts of files, parts of an archive. */
const CHAINS = [
  'per-file',
  'files|fastcdc:avg=16KiB|zstd:3|objects|get',
  'catar|fastcdc:avg=16KiB|zstd:3|objects|get',
];

export const crossDistro: Experiment = createExperiment({
  name: 'cross-distro',
  claims: 'C06 images of different distributions share enough to matter',
  title: 'Do images of different distributions share enough to matter?',
  decides: [distributionsShare],
  swept: [],
  packed: CHAINS,
  chart: 'pairs',
  isOfAnyStep: true,
  async verdict(records) {
    const distributions = new Map<string, string>();
    for (const image of records.images) {
      const { distribution } = await records.contents(image);
      if (distribution !== undefined) distributions.set(image, distribution);
    }
    const pairs = pairsOf(records.images);
    const across = pairs.filter(([a, b]) => {
      const [one, other] = [distributions.get(a), distributions.get(b)];
      return one !== undefined && other !== undefined && one !== other;
    });
    const within = pairs.filter((pair) => !across.includes(pair));
    return [
      ...described('Images of different distributions', records, across),
      ...described('Images of one distribution, for comparison', records, within),
    ];
  },
});

type Pair = readonly [image: string, other: string];

function pairsOf(images: readonly string[]): readonly Pair[] {
  return images.flatMap((image, index) =>
    images.slice(index + 1).map((other) => [image, other] as const),
  );
}

function described(what: string, records: Records, pairs: readonly Pair[]): readonly Finding[] {
  if (pairs.length === 0) return [];
  const own = pairs.flatMap((pair) =>
    records
      .models(...CHAINS)
      .map((model) =>
        figureOf(
          pair[1],
          { of: 'spared of a pull', ...placeOf(pair, model) },
          spared(records, model, pair),
          'share',
        ),
      ),
  );
  return [remark(`${what}. ${describe(records, pairs)}`, [...own, ...shared(records, pairs)])];
}

function placeOf([image]: Pair, model: string): { readonly with: string; readonly model: string } {
  return { with: image, model };
}

function describe(records: Records, pairs: readonly Pair[]): string {
  const models = records.models(...CHAINS);
  const files = pairs.map((pair) => sharedFiles(records, pair));
  const all = pairs.flatMap((pair) => models.map((model) => spared(records, model, pair)));
  return `Spared of a pull: ${fromTo(all, percent)} (mean of both ways, ${plural(pairs.length, 'pair')}, ${plural(models.length, 'chain')}). Shared as whole files: ${fromTo(files, percent)} of the bytes of both.`;
}

function sharedFiles({ find }: Records, [image, other]: Pair): Maybe {
  return find(other, '*', 'image.shared_file_share', clientWith(image));
}

/** Bytes before compression in both ÷ in either. */
function shared(records: Records, pairs: readonly Pair[]): readonly Figure[] {
  return pairs.flatMap((pair) => {
    const [image, other] = pair;
    const chunks = records.models(...CHAINS).map((model) => {
      const share = records.find(other, model, 'dedup.shared_share', clientWith(image));
      return figureOf(
        other,
        { of: 'in both ÷ in either', ...placeOf(pair, model) },
        share,
        'share',
      );
    });
    const files = sharedFiles(records, pair);
    return [
      figureOf(other, { of: 'whole files in both ÷ in either', with: image }, files, 'share'),
      ...chunks,
    ];
  });
}

/** Share of the bytes of a cold pull that a client with the other image is spared, mean of both ways. */
function spared({ number }: Records, model: string, [image, other]: Pair): Maybe {
  const share = (wanted: string, held: string): Maybe =>
    remainder(
      number(wanted, model, 'transfer.bytes', clientWith(held)),
      number(wanted, model, 'transfer.bytes', 'none'),
    );
  return mean([share(image, other), share(other, image)]);
}
