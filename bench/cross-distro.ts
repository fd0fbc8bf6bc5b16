import { clientWith } from '../src/measures/clients.ts';
import { type Maybe, mean, remainder } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  atLeast,
  claim,
  type Finding,
  namer,
  percent,
  remark,
  undecided,
  verdictWord,
} from './verdict.ts';

/** Do images of different distributions share enough that dedup between them matters? Claim C06. */

/** A pull that is spared less than this by images of another distribution is called unaffected. */
const MATTERS = 0.1;
/** Whole files, parts of files, parts of an archive. */
const CHAINS = [
  'per-file',
  'files|fastcdc:avg=16KiB|zstd:3|objects|get',
  'catar|fastcdc:avg=16KiB|zstd:3|objects|get',
];

export const crossDistro: Experiment = createExperiment({
  name: 'cross-distro',
  claims: 'C06',
  title: 'Do images of different distributions share enough to matter?',
  swept: [],
  packed: CHAINS,
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
    return [verdictAcross(records, across, distributions), ...describeWithin(records, within)];
  },
});

type Pair = readonly [image: string, other: string];

function pairsOf(images: readonly string[]): readonly Pair[] {
  return images.flatMap((image, index) =>
    images.slice(index + 1).map((other) => [image, other] as const),
  );
}

function verdictAcross(
  records: Records,
  pairs: readonly Pair[],
  distributions: ReadonlyMap<string, string>,
): Finding {
  const names = [...new Set(distributions.values())];
  if (pairs.length === 0) {
    const found = names.join(', ') || 'none that says what it is';
    return undecided('C06', `images of at least two distributions are needed; here: ${found}`);
  }
  const matters = pairs.flatMap((pair) =>
    records.models.map((model) => atLeast(spared(records, model, pair), MATTERS)),
  );
  const word = verdictWord(matters, 'the pair of distributions');
  return claim(
    `C06 images of different distributions (${names.join(', ')}) spare a client at least ${percent(MATTERS)} of a pull`,
    word,
    `. ${describe(records, pairs)}`,
  );
}

function describeWithin(records: Records, pairs: readonly Pair[]): readonly Finding[] {
  if (pairs.length === 0) return [];
  return [remark(`Images of one distribution, for comparison: ${describe(records, pairs)}`)];
}

function describe(records: Records, pairs: readonly Pair[]): string {
  const name = namer(records.models);
  const lines = pairs.map((pair) => {
    const [image, other] = pair;
    const client = clientWith(image);
    const files = records.find(other, '*', 'image.shared_file_share', client);
    const shares = records.models.map((model) => {
      const share = records.find(other, model, 'dedup.shared_share', client);
      return `${name(model)} ${percent(share)}, spares ${percent(spared(records, model, pair))}`;
    });
    return `${image} and ${other}: whole files ${percent(files)}; ${shares.join('; ')}`;
  });
  return `Bytes before compression in both ÷ in either, and what of a pull is spared (mean of both ways): ${lines.join('. ')}.`;
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
