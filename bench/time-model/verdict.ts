import { formatNumber, formatShare, formatValue, MISSING, plural } from '../../src/format.ts';
import { aliasOf, resolveModels } from '../../src/models/mod.ts';
import { labelModels } from '../../src/report/models.ts';
import { errorSizes, type Timing, timingsOf } from '../../src/report/timings.ts';
import type { View } from '../../src/report/view.ts';
import { busyReason } from '../../src/results/machine.ts';
import { divide } from '../../src/stats/mod.ts';
import {
  type Bar,
  caseOf,
  claim,
  ends,
  type Finding,
  figureOf,
  NO_STEP,
  remark,
  undecided,
  verdictWord,
} from '../verdict.ts';
import type { RangeAnswer } from './laboratory/ranges.ts';

/** Bars of claim C36: errors of the modelled time, as shares. */
const MEDIAN_BAR: Bar = { unit: 'share', side: 'at most', bar: 0.1 };
const WORST_BAR: Bar = { unit: 'share', side: 'within', bar: 0.25 };
/** C16 holds where the one blob needs no more than this share beyond the chunk store, and no more requests. */
const ALIKE: Bar = { unit: 'ratio', side: 'at most', bar: 1.02 };
const NO_MORE: Bar = { unit: 'ratio', side: 'at most', bar: 1 };

/** The same chunks in a chunk store, in one blob by single ranges, and in one blob by several ranges a request. */
export const STORE = 'catar';
export const BLOBS: readonly string[] = [
  'catar-blob',
  'catar|fastcdc:avg=64KiB|zstd:3|blob|range:ranges=16',
];

export function timeSentences(view: View): readonly Finding[] {
  const timings = timingsOf(view);
  const sizes = errorSizes(timings);
  if (!sizes) {
    const skipped = view.records.find((record) => 'skipped' in record);
    const why = skipped && 'skipped' in skipped ? `: ${skipped.skipped}` : '';
    return [
      remark(
        `C36 (the model predicts real transfers), C16 (one blob by ranges does what a chunk store does) and C17 (servers do not reliably serve several ranges) are undecided${why}.`,
      ),
    ];
  }
  const { middle, worst } = sizes;
  const label = labelModels(view.info.models).get(worst.model) ?? worst.model;
  const [models, links] = (['model', 'link'] as const).map(
    (field) => new Set(timings.map((one) => one[field])).size,
  );
  const what = 'C36, the model predicts real transfers';
  const reason = busyReason(view.info.environment);
  if (reason !== undefined) {
    return [
      undecided(what, `${reason}, so real transfers took longer`),
      ...storeAgainstBlob(view, timings),
    ];
  }
  const cases = [
    caseOf(worst.image, { of: 'median error' }, middle, MEDIAN_BAR),
    caseOf(
      worst.image,
      { of: 'worst error', model: worst.model, link: worst.link },
      worst.error,
      WORST_BAR,
    ),
  ];
  return [
    claim(
      what,
      verdictWord([cases], ''),
      `. Over ${plural(timings.length, 'cell')}, ${plural(models, 'model')} and ${plural(links, 'link')}, the error is ${formatShare(middle)} in the median and ${formatShare(worst.error)} at worst (${label}, ${worst.link}); the bar is ${formatShare(MEDIAN_BAR.bar, 0)} and ${formatShare(WORST_BAR.bar, 0)}.`,
      timings.map(({ image, model, link, error }) =>
        figureOf(image, { of: 'error', model, link }, error, 'share'),
      ),
    ),
    remark(ownLinks(view)),
    ...storeAgainstBlob(view, timings),
  ];
}

/** How far the shaped links were from what they should be: that much of the error is not the model's. */
function ownLinks(view: View): string {
  const { links, environment } = view.info;
  const late = view.of('link.round_trip_ms').flatMap(({ link, value }) => {
    const meant = links.find(({ id }) => id === link)?.roundTripMs;
    return meant === undefined ? [] : [Number(value) - meant];
  });
  const [, most] = ends(late);
  if (most === undefined) return 'What the links had by themselves was not measured.';
  const longest = formatNumber(Math.max(0, most), 1);
  return `The links by themselves had round trips up to ${longest} ms too long, on ${plural(environment.cores, 'core')} with load ${formatNumber(environment.load, 1)} when the run began: a busier machine is later.`;
}

/** A run whose models are others says nothing of it. */
function storeAgainstBlob(view: View, timings: readonly Timing[]): readonly Finding[] {
  const labels = labelModels(view.info.models);
  const image = timings[0]!.image;
  const facts = resolveModels([STORE, ...BLOBS])
    .filter((id) => view.info.models.some((model) => model.id === id))
    .map((id) => ({
      id,
      bytes: view.number(image, id, 'transfer.bytes', 'previous'),
      requests: view.number(image, id, 'transfer.requests', 'previous'),
    }));
  const store = facts.find(({ id }) => aliasOf(id) === STORE);
  const blobs = facts.filter((one) => one !== store);
  if (!store || blobs.length === 0) return [];
  // One blob that is worse in one way is enough.
  const cases = blobs.flatMap(({ id, bytes, requests }) => [
    caseOf(
      image,
      { of: 'bytes ÷ those of the store', model: id },
      divide(bytes, store.bytes),
      ALIKE,
    ),
    caseOf(
      image,
      { of: 'requests ÷ those of the store', model: id },
      divide(requests, store.requests),
      NO_MORE,
    ),
  ]);
  const texts = facts.map(
    ({ id, bytes, requests }) =>
      `${labels.get(id)} (${id.split('|')[4]}) ${formatValue(bytes, 'bytes')} in ${plural(requests, 'request')}`,
  );
  return [
    claim(
      'C16, one blob by ranges transfers as little as a chunk store, with fewer objects',
      verdictWord([cases], ''),
      ` for one update. ${texts.join('; ')}.`,
    ),
    measuredTimes(
      timings,
      facts.map(({ id }) => id),
    ),
  ];
}

function measuredTimes(timings: readonly Timing[], models: readonly string[]): Finding {
  const [least = 0, most = 0] = ends(timings.map(({ repetitions }) => repetitions));
  const spreads = least === most ? `n = ${least}` : `n = ${least} to ${most}`;
  const links = [...new Set(timings.map(({ link }) => link))];
  const times = links.map((link) => {
    const each = models.map((id) => {
      const one = timings.find((timing) => timing.model === id && timing.link === link);
      return one ? formatValue(one.measuredMs, 'ms') : MISSING;
    });
    return `${link} ${each.join(' / ')}`;
  });
  return remark(`Measured ms in this order (medians, ${spreads}): ${times.join('; ')}.`);
}

/** What a case is of that says how many requests a server answered so. */
export const ANSWERED = 'requests for several ranges answered by parts';

/** What servers answered, a sentence each. */
export function rangeSentences(
  answers: readonly (readonly [server: string, answers: readonly RangeAnswer[]])[],
): readonly Finding[] {
  return answers.map(([server, answered]) => {
    const several = answered.filter(({ asked }) => /^\d+ ranges$/.test(asked));
    const served = several.filter(({ isMultipart }) => isMultipart).length;
    const bar: Bar = { unit: 'count', side: 'below', bar: several.length };
    const at = { of: ANSWERED, server };
    const word = verdictWord(several.length > 0 ? [caseOf(NO_STEP, at, served, bar)] : [], '');
    const texts = answered.map(({ asked, status, bytes, isMultipart, isComplete }) => {
      const parts = isMultipart ? ' multipart' : '';
      const end = isComplete ? '' : ', then the connection breaks, short of its Content-Length';
      return `${asked} → ${status}${parts}, ${formatNumber(bytes)} B${end}`;
    });
    return claim(
      'C17, servers do not reliably serve several ranges',
      word,
      ` for ${server} by itself. ${texts.join('; ')}.`,
    );
  });
}
