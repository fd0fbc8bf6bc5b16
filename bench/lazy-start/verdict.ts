import { formatBytes, formatNumber, plural } from '../../src/format.ts';
import { aliasOf, resolveModels } from '../../src/models/mod.ts';
import type { View } from '../../src/report/view.ts';
import type { ValueRecord } from '../../src/results/record.ts';
import { divide, type Maybe, median } from '../../src/stats/mod.ts';
import {
  type Bar,
  caseOf,
  claim,
  type Finding,
  figureOf,
  fromTo,
  leastBy,
  percent,
  remark,
  times,
  undecided,
  verdictWord,
} from '../verdict.ts';

export const CLAIM =
  'C32 only a few per cent of the bytes of an image are needed to start a program';

/** What a start replaces: a pull of the whole image as one layer. */
const WHOLE = 'tar-zstd';
/** Mean of 57 images (Harter et al., Slacker, FAST 2016), of bytes before compression. */
const FEW: Bar = { unit: 'share', side: 'at most', bar: 0.064 };
/** Two that lie as close are called alike. */
const ALIKE = 0.02;

/** One program by one model. */
interface Served {
  readonly program: string;
  readonly image: string;
  readonly model: string;
  readonly bytes: number;
  readonly requests: Maybe;
  /** Bytes of a pull of the whole image, by {@link WHOLE}. */
  readonly whole: Maybe;
}

export function startSentences(view: View): readonly Finding[] {
  const served = servedOf(view);
  const programs = [...new Set(served.map(({ program }) => program))];
  if (programs.length === 0) return [undecided(CLAIM, 'no start was measured')];
  const starts = programs.map((program) => {
    const own = served.filter((one) => one.program === program);
    return { program, own, best: leastBy(own, ({ bytes }) => bytes) };
  });
  return [
    fewBytes(starts.map(({ best }) => best)),
    ...starts.map(({ program, own }) => ranking(program, own)),
    wins(starts.map(({ best }) => best)),
    perModel(served, programs.length),
  ];
}

function servedOf(view: View): readonly Served[] {
  const [whole] = resolveModels([WHOLE]) as [string];
  const requests = new Map(
    view.of('lazy.requests').map((record) => [keyOf(record), Number(record.value)]),
  );
  return view.of('lazy.bytes').map((record) => {
    const { program = '', image, model, value } = record;
    return {
      program,
      image,
      model,
      bytes: Number(value),
      requests: requests.get(keyOf(record)),
      whole: view.number(image, whole, 'transfer.bytes', 'none'),
    };
  });
}

function keyOf({ program, image, model }: ValueRecord): string {
  return [program, image, model].join('\n');
}

/** What a start needs is at most these bytes, since mapped parts count whole: a share above the bar says nothing. */
function fewBytes(best: readonly Served[]): Finding {
  const shares = best.map(({ bytes, whole }) => divide(bytes, whole));
  const word = verdictWord(
    best.map(({ program, image, model }, number) => {
      const share = shares[number];
      const known = share !== undefined && share <= FEW.bar ? share : undefined;
      return caseOf(image, { of: 'bytes ÷ whole layer', program, model }, known, FEW);
    }),
    'the program',
    'the shares are upper bounds, since mapped parts of files count whole, and above the bar they decide nothing',
  );
  const each = best.map(({ program }, number) => `${program} ${percent(shares[number])}`);
  return claim(
    `${CLAIM} (at most ${percent(FEW.bar)} of the squashed layer, ${WHOLE}; the mean of 57 images in Slacker)`,
    word,
    `. By the model that needs least: ${each.join(', ')}; median ${percent(median(shares.filter((one) => one !== undefined)))}, n = ${plural(best.length, 'start')}.`,
    best.map(({ program, image, model, bytes }) =>
      figureOf(image, { of: 'bytes to start', program, model }, bytes, 'bytes'),
    ),
  );
}

/** Least first, and by how much the first is ahead. */
function ranking(program: string, own: readonly Served[]): Finding {
  const sorted = own.toSorted((a, b) => a.bytes - b.bytes);
  const told = sorted
    .slice(0, 3)
    .map(
      ({ model, bytes, requests }) =>
        `${nameOf(model)} ${formatBytes(bytes)} in ${requests === undefined ? 'an unknown number of' : formatNumber(requests)} requests`,
    );
  const [first, second] = sorted;
  const ahead = second && divide(second.bytes - first!.bytes, first!.bytes);
  const margin =
    ahead === undefined
      ? ''
      : `; the second needs ${percent(ahead, true)}${ahead <= ALIKE ? ', which is alike' : ''}`;
  return remark(
    `${program} on ${first!.image}, whole layer ${formatBytes(first!.whole)}: ${told.join(', ')}${margin}.`,
    sorted.map(({ image, model, bytes }) =>
      figureOf(image, { of: 'bytes to start', program, model }, bytes, 'bytes'),
    ),
  );
}

function wins(best: readonly Served[]): Finding {
  const counts = new Map<string, number>();
  for (const { model } of best) counts.set(model, (counts.get(model) ?? 0) + 1);
  const told = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([model, count]) => `${nameOf(model)} in ${count}`);
  return remark(
    `Least bytes, of ${plural(best.length, 'start')}: ${told.join(', ')}. Programs that share a library in one image are no independent cases.`,
  );
}

/** Each model beside the least of each program. */
function perModel(served: readonly Served[], programs: number): Finding {
  const models = [...new Set(served.map(({ model }) => model))];
  const rows = models.map((model) => {
    const ratios = served
      .filter((one) => one.model === model)
      .map((one) => {
        const rivals = served.filter(({ program }) => program === one.program);
        return divide(one.bytes, leastBy(rivals, ({ bytes }) => bytes).bytes);
      });
    return { model, ratios, middle: median(ratios.filter((one) => one !== undefined)) };
  });
  const told = rows
    .toSorted((a, b) => (a.middle ?? 0) - (b.middle ?? 0))
    .map(
      ({ model, ratios, middle }) => `${nameOf(model)} ${times(middle)} (${fromTo(ratios, times)})`,
    );
  return remark(
    `Bytes ÷ the least of the program, median and range over ${plural(programs, 'start')}: ${told.join('; ')}.`,
  );
}

function nameOf(model: string): string {
  return aliasOf(model) ?? model;
}
