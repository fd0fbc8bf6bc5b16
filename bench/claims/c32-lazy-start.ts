import { resolveModels } from '../../src/models/mod.ts';
import type { ValueRecord } from '../../src/results/record.ts';
import { divide, type Maybe } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { least } from './chains.ts';
import { type Claim, caseOf } from './claim.ts';

/** What a start replaces: a pull of the whole image as one layer. */
const WHOLE = 'tar-zstd';

export const fewBytesToStart: Claim = {
  id: 'C32',
  name: 'lazy start',
  statement:
    'Few bytes of an image are needed to start a program: at most 6.4 % of the whole layer.',
  said: [{ who: 'Tyler Harter et al.', where: 'Slacker, FAST', date: '2016' }],
  published: [
    { figure: '6.4 % of data read', dataset: '57 images, Slacker' },
    { figure: '21.18 of 337.94 MB', dataset: 'node:19, nydus' },
  ],
  datasets: ['starts'],
  experiment: 'lazy-start',
  bar: quotientBar('at most', 0.064, 'share'),
  axes: [],
  whyNone: 'recorded starts of at least three programs would decide (dataset starts)',
  cases: ({ view }) => {
    const [whole] = resolveModels([WHOLE]) as [string];
    const upper = view.of('lazy.bytes');
    const programs = [...new Set(upper.map(({ program = '' }) => program))];
    return programs.map((program) => {
      const shareOf = (records: readonly ValueRecord[]): Maybe => {
        const own = records.filter((one) => one.program === program);
        if (own.length === 0) return undefined;
        const pull = view.number(own[0]!.image, whole, 'transfer.bytes', 'none');
        return divide(least(own.map(({ value }) => Number(value))), pull);
      };
      const bounds = { upper: shareOf(upper), lower: shareOf(view.of('lazy.touched_bytes')) };
      return caseOf({ step: program, kind: 'image' }, {}, toldBy(bounds), fewBytesToStart.bar);
    });
  },
  remark: ({ view }) => {
    const programs = new Set(view.of('lazy.bytes').map(({ program }) => program));
    return `${programs.size} programs in all. Of those above the bar the touched pages alone are told, of the others mapped parts as a whole; where the bar lies between both, nothing is decided.`;
  },
};

/** The bound that tells on which side of the bar the share lies; undefined where the bar lies between them. */
function toldBy({ upper, lower }: { readonly upper: Maybe; readonly lower: Maybe }): Maybe {
  const { value } = fewBytesToStart.bar;
  if (lower !== undefined && lower > value) return lower;
  return upper !== undefined && upper <= value ? upper : undefined;
}
