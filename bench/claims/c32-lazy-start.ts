import { plural } from '../../src/format.ts';
import { resolveModels } from '../../src/models/mod.ts';
import type { View } from '../../src/report/view.ts';
import { divide, type Maybe } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { decidingBound } from '../lazy-start/bounds.ts';
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
    { figure: '6.4 % of data read', dataset: '57 images, Slacker', ours: {} },
    { figure: '21.18 of 337.94 MB', dataset: 'node:19, nydus', ours: {} },
  ],
  datasets: ['starts'],
  experiment: 'lazy-start',
  bar: quotientBar('at most', 0.064, 'share'),
  axes: [],
  whyNone: 'recorded starts of at least three programs would decide (dataset starts)',
  cases: ({ view }) => {
    const [whole] = resolveModels([WHOLE]) as [string];
    const { bar } = fewBytesToStart;
    return programsOf(view).map((program) => {
      const shareOf = (measure: string): Maybe => {
        const own = view.of(measure).filter((one) => one.program === program);
        if (own.length === 0) return undefined;
        const bytes = least(own.map(({ value }) => Number(value)));
        return divide(bytes, view.number(own[0]!.image, whole, 'transfer.bytes', 'none'));
      };
      const bounds = { lower: shareOf('lazy.touched_bytes'), upper: shareOf('lazy.bytes') };
      const deciding = decidingBound(bounds, bar.value);
      const step = { step: program, kind: 'program' } as const;
      if (deciding) return caseOf(step, {}, bounds[deciding], bar);
      const isBetween = bounds.lower !== undefined && bounds.upper !== undefined;
      return isBetween
        ? { ...caseOf(step, {}, bounds.upper, bar), isBetween }
        : caseOf(step, {}, undefined, bar);
    });
  },
  remark: ({ view }) => {
    const count = plural(programsOf(view).length, 'program');
    return `${count} in all; a share within the bar counts mapped parts of files whole, one beyond it touched pages alone, and where the bar lies between the two it is too close.`;
  },
};

function programsOf(view: View): readonly string[] {
  return [...new Set(view.of('lazy.bytes').map(({ program = '' }) => program))];
}
