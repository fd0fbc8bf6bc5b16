import { divide } from '../../src/stats/mod.ts';
import { type ClaimBar, quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { AVERAGE, named } from './axes.ts';
import { averageOf } from './chains.ts';
import { type Claim, caseOf, type OpenCase, stepsOf } from './claim.ts';
import { EDITS } from './edits.ts';

/** Streams that hold metadata, and streams of contents alone. */
const INLINE = ['tar', 'catar'];
const APART = ['files', 'stream'];
const swept = (serialisers: readonly string[]): readonly string[] =>
  serialisers.map((serialiser) => `${serialiser}|fastcdc:avg=4KiB..256KiB|none|objects|get`);

/** New ÷ stream of each rebuild without a new byte of content. */
function shares(
  records: Records,
  serialisers: readonly string[],
  bar: ClaimBar,
): readonly OpenCase[] {
  // As a layer on top it is the same tree again, of which nothing is new.
  return stepsOf(records, ['rebuild'])
    .filter(({ step }) => records.find(step, '*', 'step.changed_content_bytes') === 0)
    .flatMap((one) =>
      records
        .models(...swept(serialisers))
        .map((model) =>
          caseOf(
            one,
            { serialiser: model.split(/[|:]/)[0]!, average: averageOf(model) },
            divide(
              records.number(one.step, model, 'dedup.new_bytes'),
              records.number(one.step, model, 'dedup.stream_bytes'),
            ),
            bar,
          ),
        ),
    );
}

export const inlineRuins: Claim = {
  id: 'C24',
  name: 'metadata inline',
  statement:
    'Where metadata alone changes, at least half of a chunked stream that holds metadata is new.',
  said: [
    {
      who: 'Colin Walters',
      where: 'containers/storage#2230',
      date: 'undated',
      quote: 'file timestamps ruin all caching across the board',
    },
  ],
  datasets: EDITS,
  swept: swept(INLINE),
  bar: quotientBar('at least', 0.5, 'share'),
  axes: [named('serialiser', 'what is cut'), AVERAGE],
  whyNone: 'at least three rebuilds of which times alone are new would decide',
  cases: (records) => shares(records, INLINE, inlineRuins.bar),
};

export const apartSpares: Claim = {
  ...inlineRuins,
  id: 'C24-apart',
  name: 'metadata apart',
  statement:
    'Where metadata alone changes, next to nothing of a chunked stream of contents alone is new: at most 2 %.',
  swept: swept(APART),
  bar: quotientBar('at most', 0.02, 'share'),
  cases: (records) => shares(records, APART, apartSpares.bar),
};
