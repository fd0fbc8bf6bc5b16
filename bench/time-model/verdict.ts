import { formatNumber, formatShare, formatValue, MISSING, plural } from '../../src/format.ts';
import { aliasOf, resolveModels } from '../../src/models/mod.ts';
import { sentence } from '../../src/report/claims/told.ts';
import { labelModels } from '../../src/report/models.ts';
import { errorSizes, type Timing, timingsOf } from '../../src/report/timings.ts';
import type { View } from '../../src/report/view.ts';
import { busyReason } from '../../src/results/machine.ts';
import { ends, type Finding, figureOf, NO_STEP, remark } from '../verdict.ts';
import type { RangeAnswer } from './laboratory/ranges.ts';

/** The same chunks in a chunk store, in one blob by single ranges, and in one blob by several ranges a request. */
export const STORE = 'catar';
export const BLOBS: readonly string[] = [
  'catar-blob',
  'catar|fastcdc:avg=64KiB|zstd:3|blob|range:ranges=16',
];

export function timeSentences(view: View): readonly Finding[] {
  const timings = timingsOf(view);
  const sizes = errorSizes(timings);
  if (!sizes) return [];
  const { middle, worst } = sizes;
  const label = labelModels(view.info.models).get(worst.model) ?? worst.model;
  const [models, links] = (['model', 'link'] as const).map(
    (field) => new Set(timings.map((one) => one[field])).size,
  );
  const reason = busyReason(view.info.environment);
  const late =
    reason === undefined ? '' : ` ${sentence(`${reason}, so real transfers took longer`)}`;
  return [
    remark(
      `Over ${plural(timings.length, 'cell')}, ${plural(models!, 'model')} and ${plural(links!, 'link')}, the error of the modelled time is ${formatShare(middle)} in the median and ${formatShare(worst.error)} at worst (${label}, ${worst.link}).${late}`,
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
  const texts = facts.map(
    ({ id, bytes, requests }) =>
      `${labels.get(id)} (${id.split('|')[4]}) ${formatValue(bytes, 'bytes')} in ${plural(requests, 'request')}`,
  );
  return [
    remark(
      `What a chunk store and one blob by ranges transfer for one update: ${texts.join('; ')}.`,
      facts.flatMap(({ id, bytes, requests }) => [
        figureOf(image, { of: 'bytes of the update', model: id }, bytes, 'bytes'),
        figureOf(image, { of: 'requests of the update', model: id }, requests, 'count'),
      ]),
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

/** What figures are of that say how many requests for several ranges a server was asked, and how many it answered so. */
export const ASKED = 'requests for several ranges';
export const ANSWERED = 'requests for several ranges answered by parts';

/** What servers answered, a sentence each. */
export function rangeSentences(
  answers: readonly (readonly [server: string, answers: readonly RangeAnswer[]])[],
): readonly Finding[] {
  return answers.map(([server, answered]) => {
    const several = answered.filter(({ asked }) => /^\d+ ranges$/.test(asked));
    const served = several.filter(({ isMultipart }) => isMultipart).length;
    const texts = answered.map(({ asked, status, bytes, isMultipart, isComplete }) => {
      const parts = isMultipart ? ' multipart' : '';
      const end = isComplete ? '' : ', then the connection breaks, short of its Content-Length';
      return `${asked} → ${status}${parts}, ${formatNumber(bytes)} B${end}`;
    });
    return remark(`${server} by itself: ${texts.join('; ') || 'asked for nothing'}.`, [
      figureOf(NO_STEP, { of: ASKED, server }, several.length, 'count'),
      figureOf(NO_STEP, { of: ANSWERED, server }, served, 'count'),
    ]);
  });
}
