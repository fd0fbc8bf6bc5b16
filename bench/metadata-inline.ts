import { formatBinary, formatBytes, plural } from '../src/format.ts';
import type { Contents } from '../src/measures/contents.ts';
import { groupBy } from '../src/report/group.ts';
import { familyOf } from '../src/report/models.ts';
import { isMet } from '../src/results/verdict.ts';
import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Bar,
  type Case,
  caseOf,
  claim,
  ends,
  type Figure,
  type Finding,
  figureOf,
  fromTo,
  percent,
  SERIES,
  times,
  undecided,
  verdictWord,
} from './verdict.ts';

/** Does metadata inside the chunked stream ruin sharing when only modification times differ? Claim C24. */

const INLINE = ['tar', 'catar'];
const APART = ['files', 'stream', 'merkle-files'];
/** Share of a rebuilt image's stream that is new: at least this is called ruined. */
const RUINED: Bar = { unit: 'share', side: 'at least', bar: 0.5 };
/** … and at most this is called shared. */
const SHARED: Bar = { unit: 'share', side: 'at most', bar: 0.01 };
/** What times do to an update: its transfer at their worst over that at their best, at least this. */
const MATTERS: Bar = { unit: 'ratio', side: 'at least', bar: 1.5 };
const MATTERS_NOT: Bar = { ...MATTERS, side: 'below' };

const swept = (serialisers: readonly string[]): readonly string[] =>
  serialisers.map((serialiser) => `${serialiser}|fastcdc:avg=4KiB..256KiB|none|objects|get`);
const packed = (serialisers: readonly string[]): readonly string[] =>
  serialisers.map((serialiser) => `${serialiser}|fastcdc:avg=64KiB|zstd:3|objects|get`);
const SWEPT_INLINE = swept(INLINE);
/** Directories as objects are no stream: contents are those of `files`. */
const SWEPT_APART = swept(['files', 'stream']);

const CLAIM = 'C24 metadata inside the chunked stream ruins sharing when only times differ';

export const metadataInline: Experiment = createExperiment({
  name: 'metadata-inline',
  claims: CLAIM,
  title: 'Does metadata inside the chunked stream ruin sharing when only times differ?',
  dataset: 'rebuilt',
  swept: [...SWEPT_INLINE, ...SWEPT_APART],
  packed: packed([...INLINE, ...APART]),
  chart: 'transfer-per-update',
  isOfAnyStep: true,
  async verdict(records) {
    const steps = await stepsOf(records);
    const rebuilt = steps.filter(({ from, to }) => from.files === to.files);
    if (rebuilt.length === 0) {
      return [undecided(CLAIM, 'no image has the same files as the one before it')];
    }
    return [
      ...rebuilt.flatMap((step) => [ruined(records, step), shared(records, step)]),
      ...sameUpdates(steps.filter(({ from, to }) => from.files !== to.files)).map((group) =>
        clamped(records, group),
      ),
    ];
  },
});

interface Version {
  readonly image: string;
  /** Paths and contents of all files, as text: equal where only other metadata can differ. */
  readonly files: string;
}

interface Step {
  readonly from: Version;
  readonly to: Version;
}

/** Each image that is not the one before it again, after that one. */
async function stepsOf({ images, steps, contents }: Records): Promise<readonly Step[]> {
  const versions: Version[] = [];
  for (const image of images) versions.push({ image, files: textOf(await contents(image)) });
  return versions
    .slice(1)
    .map((to, before) => ({ from: versions[before]!, to }))
    .filter(({ to }) => steps.some(({ image }) => image === to.image));
}

function textOf({ paths, digests }: Contents): string {
  return JSON.stringify([paths, Buffer.from(digests).toString('base64')]);
}

function ruined(records: Records, step: Step): Finding {
  const rows = newShares(records, step, SWEPT_INLINE, RUINED);
  const bySize = [...groupBy(rows, ({ average }) => average).values()];
  const isBySize = bySize.every((own) => new Set(own.map((one) => isMet(one.case))).size === 1);
  return claim(
    `C24 inline, a rebuild of which times alone are new (${nameOf(step)}) ruins sharing (at least ${percent(RUINED.bar)} of the stream is new)`,
    verdictWord(
      rows.map((one) => one.case),
      isBySize ? 'the size of chunks' : 'the archive and the size of chunks',
    ),
    `. ${list(rows)}.`,
  );
}

function shared(records: Records, step: Step): Finding {
  const rows = newShares(records, step, SWEPT_APART, SHARED);
  const pulled = records
    .models(...packed([...INLINE, ...APART]))
    .map((model) => ({ model, bytes: pulledBy(records, model, step) }));
  const bytes = fromTo(
    pulled.map((one) => one.bytes),
    formatBytes,
  );
  return claim(
    `C24 metadata apart avoids it (at most ${percent(SHARED.bar)} of the contents is new)`,
    verdictWord(
      rows.map((one) => one.case),
      'the archive and the size of chunks',
    ),
    `. ${list(rows)}. A client with ${step.from.image} pulls, metadata included, ${bytes} in ${plural(pulled.length, 'format')}.`,
    pulled.map((one) =>
      figureOf(step.to.image, { of: 'pulled', model: one.model }, one.bytes, 'bytes'),
    ),
  );
}

interface Share {
  readonly serialiser: string;
  readonly average: string;
  readonly case: Case;
}

function newShares(
  { models, number }: Records,
  { to }: Step,
  chains: readonly string[],
  bar: Bar,
): readonly Share[] {
  return models(...chains).map((model) => {
    const serialiser = model.split(/[|:]/)[0]!;
    const average = formatBinary(familyOf(model).average!);
    const share = divide(
      number(to.image, model, 'dedup.new_bytes'),
      number(to.image, model, 'dedup.stream_bytes'),
    );
    return { serialiser, average, case: caseOf(to.image, { serialiser, average }, share, bar) };
  });
}

function list(rows: readonly Share[]): string {
  const averages = [...new Set(rows.map(({ average }) => average))];
  const parts = [...groupBy(rows, ({ serialiser }) => serialiser)].map(([serialiser, own]) => {
    const shares = own.map((one) => one.case.value);
    return `${serialiser} ${fromTo(shares, percent)}`;
  });
  return `New by chunks of ${averages[0]} … ${averages.at(-1)}: ${parts.join('; ')}`;
}

/** Steps between the same files, once for each way of setting times; groups of fewer than two say nothing. */
function sameUpdates(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups = groupBy(steps, ({ from, to }) => JSON.stringify([from.files, to.files]));
  return [...groups.values()].filter((group) => group.length > 1);
}

function clamped(records: Records, group: readonly Step[]): Finding {
  const inline = variations(records, group, INLINE, MATTERS);
  const apart = variations(records, group, APART, MATTERS_NOT);
  const ratios = (rows: readonly Variation[]): string =>
    fromTo(
      rows.map((one) => one.case.value),
      times,
    );
  return claim(
    `C24 what times its build gave decides what an update costs inline (dearest ÷ cheapest at least ${times(MATTERS.bar)}), and not where metadata is apart`,
    verdictWord(
      [...inline, ...apart].map((one) => one.case),
      'the format',
    ),
    `. ${group.map(nameOf).join(' · ')}: inline ${ratios(inline)}, apart ${ratios(apart)}.`,
    [...inline, ...apart].flatMap(({ figures }) => figures),
  );
}

interface Variation {
  readonly case: Case;
  readonly figures: readonly Figure[];
}

/** What each format pulls in steps between the same files. */
function variations(
  records: Records,
  group: readonly Step[],
  serialisers: readonly string[],
  bar: Bar,
): readonly Variation[] {
  return records.models(...packed(serialisers)).map((model) => {
    const figures = group.map((step) =>
      figureOf(step.to.image, { of: 'pulled', model }, pulledBy(records, model, step), 'bytes'),
    );
    const [cheapest, dearest] = ends(figures.map(({ value }) => value));
    return { case: caseOf(SERIES, { model }, divide(dearest, cheapest), bar), figures };
  });
}

function pulledBy({ number }: Records, model: string, { to }: Step): number {
  return number(to.image, model, 'transfer.bytes', 'previous');
}

function nameOf({ from, to }: Step): string {
  return `${from.image} → ${to.image}`;
}
