import { formatBytes, formatNumber, plural } from '../../src/format.ts';
import { aliasOf, resolveModels } from '../../src/models/mod.ts';
import type { View } from '../../src/report/view.ts';
import type { ValueRecord } from '../../src/results/record.ts';
import { defined, divide, type Maybe, median } from '../../src/stats/mod.ts';
import { type Finding, figureOf, fromTo, leastBy, percent, remark, times } from '../verdict.ts';

/** What a start replaces: a pull of the whole image as one layer. */
const WHOLE = 'tar-zstd';
/** Two that lie as close are called alike. */
const ALIKE = 0.02;

/** One program by one model. */
interface Served {
  readonly program: string;
  readonly image: string;
  readonly model: string;
  readonly bytes: number;
  readonly requests: Maybe;
  /** Bytes where of mapped files only touched pages are fetched. */
  readonly touched: Maybe;
  /** Bytes of a pull of the whole image, by {@link WHOLE}. */
  readonly whole: Maybe;
}

export function startSentences(view: View): readonly Finding[] {
  const served = servedOf(view);
  const programs = [...new Set(served.map(({ program }) => program))];
  if (programs.length === 0) return [];
  const starts = programs.map((program) => {
    const own = served.filter((one) => one.program === program);
    const watched = own.filter(({ touched }) => touched !== undefined);
    return {
      program,
      own,
      best: leastBy(own, ({ bytes }) => bytes),
      touched: watched.length > 0 ? leastBy(watched, ({ touched }) => touched!) : undefined,
    };
  });
  return [
    bounds(
      starts.map(({ best }) => best),
      starts.map(({ touched }) => touched),
    ),
    ...starts.map(({ program, own }) => ranking(program, own)),
    wins(starts),
    perModel(served, programs.length),
  ];
}

function servedOf(view: View): readonly Served[] {
  const [whole] = resolveModels([WHOLE]) as [string];
  const valuesOf = (measure: string): ReadonlyMap<string, number> =>
    new Map(view.of(measure).map((record) => [keyOf(record), Number(record.value)]));
  const [requests, touched] = [valuesOf('lazy.requests'), valuesOf('lazy.touched_bytes')];
  return view.of('lazy.bytes').map((record) => {
    const { program = '', image, model, value } = record;
    return {
      program,
      image,
      model,
      bytes: Number(value),
      requests: requests.get(keyOf(record)),
      touched: touched.get(keyOf(record)),
      whole: view.number(image, whole, 'transfer.bytes', 'none'),
    };
  });
}

function keyOf({ program, image, model }: ValueRecord): string {
  return [program, image, model].join('\n');
}

/** What a start needs lies between two bounds: touched pages alone, and mapped parts as a whole. */
function bounds(best: readonly Served[], leastTouched: readonly (Served | undefined)[]): Finding {
  const shares = best.map(({ bytes, whole }) => divide(bytes, whole));
  const lower = leastTouched.map((one) => one && divide(one.touched, one.whole));
  const each = best.map(({ program }, number) => {
    const least = lower[number];
    return `${program} ${least === undefined ? '' : `${percent(least)} to `}${percent(shares[number])}`;
  });
  const watched = defined(lower).length;
  const unwatched =
    watched > 0 && watched < best.length ? `, touched pages known of ${watched} of them` : '';
  const middles = [lower, shares].map((all) => median(defined(all)));
  const middle = lower.some((one) => one !== undefined)
    ? `${percent(middles[0])} to ${percent(middles[1])}`
    : percent(middles[1]);
  return remark(
    `Of the squashed layer (${WHOLE}), touched pages alone to mapped parts as a whole, each by the model that needs least of it: ${each.join(', ')}; median ${middle}, n = ${plural(best.length, 'start')}${unwatched}.`,
    best.flatMap(({ program, image, model, bytes }, number) => {
      const least = leastTouched[number];
      return [
        figureOf(image, { of: 'bytes to start', program, model }, bytes, 'bytes'),
        ...(least
          ? [
              figureOf(
                image,
                { of: 'bytes to start, touched pages', program, model: least.model },
                least.touched,
                'bytes',
              ),
            ]
          : []),
      ];
    }),
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
    `${program} on ${first!.image}, whole layer ${formatBytes(first!.whole)}, with mapped parts as a whole: ${told.join(', ')}${margin}.`,
    sorted.map(({ image, model, bytes }) =>
      figureOf(image, { of: 'bytes to start', program, model }, bytes, 'bytes'),
    ),
  );
}

/** A model is ahead where it is by both bounds. */
function wins(
  starts: readonly { readonly best: Served; readonly touched: Served | undefined }[],
): Finding {
  const counts = new Map<string, number>();
  let open = 0;
  for (const { best, touched } of starts) {
    if (touched?.model === best.model) {
      counts.set(best.model, (counts.get(best.model) ?? 0) + 1);
    } else open++;
  }
  const told = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([model, count]) => `${nameOf(model)} in ${count}`);
  if (open > 0) told.push(`in ${open} no model by both bounds`);
  return remark(
    `Least bytes both by touched pages alone and with mapped parts as a whole, of ${plural(starts.length, 'start')}: ${told.join(', ')}. Programs that share a library in one image are no independent cases.`,
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
    `Bytes with mapped parts as a whole ÷ the least of the program, median and range over ${plural(programs, 'start')}: ${told.join('; ')}.`,
  );
}

function nameOf(model: string): string {
  return aliasOf(model) ?? model;
}
