import { formatBytes, formatNumber, formatShare, formatValue } from '../../src/report/format.ts';
import { labelModels } from '../../src/report/models.ts';
import { errorSizes, type Timing, timingsOf } from '../../src/report/timings.ts';
import type { View } from '../../src/report/view.ts';
import type { RangeAnswer } from './laboratory/ranges.ts';

/** Bars of claim C36: errors of the modelled time, as shares. */
const MEDIAN_BAR = 0.1;
const WORST_BAR = 0.25;
/** C16 holds where the one blob needs no more than this share beyond the chunk store. */
const ALIKE = 0.02;

export function timeSentences(view: View): readonly string[] {
  const timings = timingsOf(view);
  const sizes = errorSizes(timings);
  if (!sizes) {
    const skipped = view.records.find((record) => 'skipped' in record);
    const why = skipped && 'skipped' in skipped ? `: ${skipped.skipped}` : '';
    return [`C36, C16 and C17 are undecided${why}.`];
  }
  const { middle, worst } = sizes;
  const label = labelModels(view.info.models).get(worst.model);
  const holds = middle <= MEDIAN_BAR && Math.abs(worst.error) <= WORST_BAR;
  const [models, links] = (['model', 'link'] as const).map(
    (field) => new Set(timings.map((one) => one[field])).size,
  );
  return [
    `C36, the model predicts real transfers: **${holds ? 'confirmed' : 'refuted'}**. Over ${timings.length} cells, ${models} models and ${links} links, the error is ${formatShare(middle)} in the median and ${formatShare(worst.error)} at worst (${label}, ${worst.link}); the bar is ${formatShare(MEDIAN_BAR, 0)} and ${formatShare(WORST_BAR, 0)}. ${ownLinks(view)}`,
    ...storeAgainstBlob(view, timings),
  ];
}

/** How far the shaped links were from what they should be: that much of the error is not the model's. */
function ownLinks(view: View): string {
  const { links, environment } = view.info;
  const late = view
    .of('link.round_trip_ms')
    .map(({ link, value }) => Number(value) - links.find(({ id }) => id === link)!.roundTripMs);
  const longest = formatNumber(Math.max(...late), 1);
  return `The links by themselves had round trips up to ${longest} ms too long, on ${environment.cores} cores with load ${formatNumber(environment.load, 1)} when the run began: a busier machine is later.`;
}

/** The same chunks in a chunk store, in one blob by single ranges, and in one blob by several ranges a request. */
function storeAgainstBlob(view: View, timings: readonly Timing[]): readonly string[] {
  const labels = labelModels(view.info.models);
  const chunked = view.info.models.filter(({ id }) => /^catar\|/.test(id)).map(({ id }) => id);
  const image = timings[0]!.image;
  const facts = chunked.map((id) => {
    const bytes = view.number(image, id, 'transfer.bytes', 'previous');
    const requests = view.number(image, id, 'transfer.requests', 'previous');
    if (bytes === undefined || requests === undefined) throw new Error(`no transfer of ${id}`);
    return { id, bytes, requests };
  });
  const [store, ...blobs] = facts;
  if (!store || blobs.length === 0) return [];
  const isMet = blobs.every(
    ({ bytes, requests }) => bytes <= store.bytes * (1 + ALIKE) && requests <= store.requests,
  );
  const texts = facts.map(
    ({ id, bytes, requests }) =>
      `${labels.get(id)} (${id.split('|')[4]}) ${formatBytes(bytes)} in ${formatNumber(requests)} requests`,
  );
  const links = [...new Set(timings.map(({ link }) => link))];
  const times = links.map((link) => {
    const each = chunked.map((id) => {
      const one = timings.find((timing) => timing.model === id && timing.link === link);
      return one ? formatValue(one.measuredMs, 'ms') : '–';
    });
    return `${link} ${each.join(' / ')}`;
  });
  return [
    `C16, one blob by ranges transfers as little as a chunk store, with fewer objects: **${isMet ? 'confirmed' : 'refuted'}** for one update. ${texts.join('; ')}. Measured ms in this order: ${times.join('; ')}.`,
  ];
}

/** What servers answered, a sentence each. */
export function rangeSentences(
  answers: readonly (readonly [server: string, answers: readonly RangeAnswer[]])[],
): readonly string[] {
  return answers.map(([server, all]) => {
    const several = all.filter(({ asked }) => /^\d+ ranges$/.test(asked));
    const word = several.every(({ isMultipart }) => isMultipart) ? 'refuted' : 'confirmed';
    const texts = all.map(({ asked, status, bytes, isMultipart, isComplete }) => {
      const parts = isMultipart ? ' multipart' : '';
      const end = isComplete ? '' : ', then the connection breaks, short of its Content-Length';
      return `${asked} → ${status}${parts}, ${formatNumber(bytes)} B${end}`;
    });
    return `C17, servers do not reliably serve several ranges: **${word}** for ${server} by itself. ${texts.join('; ')}.`;
  });
}
