import { divide } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { AVERAGE, named } from './axes.ts';
import { averageOf } from './chains.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';
import { EDITS } from './edits.ts';

const SERIALISERS = ['tar', 'catar', 'files', 'stream'];
const SWEPT = SERIALISERS.map(
  (serialiser) => `${serialiser}|fastcdc:avg=4KiB..256KiB|none|objects|get`,
);

export const inlineRuins: Claim = {
  id: 'C24',
  name: 'metadata inline',
  statement:
    'Where metadata alone changes, at least half of a chunked stream is new if it holds metadata, and nothing if not.',
  said: [
    {
      who: 'Colin Walters',
      where: 'containers/storage#2230',
      date: 'undated',
      quote: 'file timestamps ruin all caching across the board',
    },
  ],
  datasets: EDITS,
  swept: SWEPT,
  bar: quotientBar('at least', 0.5, 'share'),
  axes: [named('serialiser', 'what is cut'), AVERAGE],
  whyNone: 'at least three rebuilds of which times alone are new would decide',
  cases: (records) =>
    // As a layer on top it is the same tree again, of which nothing is new.
    stepsOf(records, ['rebuild'])
      .filter(({ step }) => records.find(step, '*', 'step.changed_content_bytes') === 0)
      .flatMap((one) =>
        records
          .models(...SWEPT)
          .map((model) =>
            caseOf(
              one,
              { serialiser: model.split(/[|:]/)[0]!, average: averageOf(model) },
              divide(
                records.number(one.step, model, 'dedup.new_bytes'),
                records.number(one.step, model, 'dedup.stream_bytes'),
              ),
              inlineRuins.bar,
            ),
          ),
      ),
};
