import { divide } from '../../src/stats/mod.ts';
import { type ClaimBar, quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { AVERAGE, named } from './axes.ts';
import { averageOf } from './chains.ts';
import { type Claim, caseOf, type OpenCase, type Step, stepsOf } from './claim.ts';
import { EDITS, editsNamed, OF_NEARLY_ALL } from './edits.ts';

/** Streams that hold metadata, and streams of contents alone. */
const INLINE = ['tar', 'catar'];
const APART = ['files', 'stream'];
const swept = (serialisers: readonly string[]): readonly string[] =>
  serialisers.map((serialiser) => `${serialiser}|fastcdc:avg=4KiB..256KiB|none|objects|get`);

/**
 * Images made anew in which the metadata of nearly all changed: edits of everything or of all of `/usr`, and any other rebuild.
 * As a layer on top an edit is the same tree again, of which nothing is new.
 */
function renewed(records: Records): readonly Step[] {
  const edits = editsNamed(records, OF_NEARLY_ALL).filter(({ step }) => !step.endsWith('-layer'));
  const known = new Set(edits.map(({ step }) => step));
  return [...edits, ...stepsOf(records, ['rebuild']).filter(({ step }) => !known.has(step))];
}

/** New ÷ stream of each step to an image of other metadata alone. */
function shares(
  records: Records,
  serialisers: readonly string[],
  bar: ClaimBar,
): readonly OpenCase[] {
  return renewed(records)
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
  whyNone: 'at least three images of which metadata alone is new would decide (dataset edits)',
  cases: (records) => shares(records, INLINE, inlineRuins.bar),
};

export const apartSpares: Claim = {
  ...inlineRuins,
  id: 'C24-apart',
  construction:
    'Contents that did not change are the same stream. It stands beside C24 as its control.',
  name: 'metadata apart',
  statement:
    'Where metadata alone changes, next to nothing of a chunked stream of contents alone is new: at most 2 %.',
  swept: swept(APART),
  bar: quotientBar('at most', 0.02, 'share'),
  cases: (records) => shares(records, APART, apartSpares.bar),
};
