import { resolveModels } from '../../src/models/mod.ts';
import { divide } from '../../src/stats/mod.ts';
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
    const records = view.of('lazy.bytes');
    const programs = [...new Set(records.map(({ program = '' }) => program))];
    return programs.map((program) => {
      const own = records.filter((one) => one.program === program);
      const share = divide(
        least(own.map(({ value }) => Number(value))),
        view.number(own[0]!.image, whole, 'transfer.bytes', 'none'),
      );
      // Mapped parts of files count whole: a share above the bar may be one below it.
      const isTold = share !== undefined && share <= fewBytesToStart.bar.value;
      return caseOf(
        { step: program, kind: 'image' },
        {},
        isTold ? share : undefined,
        fewBytesToStart.bar,
      );
    });
  },
  remark: ({ view }) => {
    const programs = new Set(view.of('lazy.bytes').map(({ program }) => program));
    return `${programs.size} programs in all; shares are upper bounds, and those above the bar decide nothing.`;
  },
};
