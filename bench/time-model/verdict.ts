import type { RangeAnswer } from '../../src/links/ranges.ts';
import { formatNumber, formatShare } from '../../src/report/format.ts';
import { labelModels } from '../../src/report/models.ts';
import type { View } from '../../src/report/view.ts';
import { median } from '../../src/stats/mod.ts';

/** Bars of claim C36: errors of the modelled time, as shares. */
const MEDIAN_BAR = 0.1;
const WORST_BAR = 0.25;

export function timeSentences(view: View): readonly string[] {
  const errors = view.of('transfer.model_error');
  if (errors.length === 0) {
    const why = view.records.find((record) => 'skipped' in record);
    return [`C36, C16, C17: undecided. ${why && 'skipped' in why ? why.skipped : ''}`];
  }
  const sizes = errors.map(({ value }) => Math.abs(Number(value)));
  const middle = median(sizes);
  const worst = errors[sizes.indexOf(Math.max(...sizes))]!;
  const labels = labelModels(view.info.models);
  const holds = middle <= MEDIAN_BAR && Math.abs(Number(worst.value)) <= WORST_BAR;
  const models = new Set(errors.map(({ model }) => model)).size;
  return [
    `C36, the model predicts real transfers: **${holds ? 'confirmed' : 'refuted'}**. Over ${errors.length} cells, ${models} models, the error is ${formatShare(middle)} in the median and ${formatShare(Number(worst.value))} at worst (${labels.get(worst.model)}, ${worst.link}); the bar is ${formatShare(MEDIAN_BAR, 0)} and ${formatShare(WORST_BAR, 0)}.`,
  ];
}

/** What servers answered, a sentence each. */
export function rangeSentences(
  answers: readonly (readonly [server: string, answers: readonly RangeAnswer[]])[],
): readonly string[] {
  return answers.map(([server, all]) => {
    const texts = all.map(
      ({ asked, status, bytes, isMultipart, isComplete }) =>
        `${asked} → ${status}${isMultipart ? ' multipart' : ''}, ${formatNumber(bytes)} B${isComplete ? '' : ', then the connection breaks: the answer is shorter than its Content-Length'}`,
    );
    return `C17, ${server}: ${texts.join('; ')}.`;
  });
}
