import { formatBytes } from '../src/format.ts';
import type { Contents } from '../src/measures/contents.ts';
import { groupBy } from '../src/report/group.ts';
import { divide, type Maybe } from '../src/stats/mod.ts';
import { apartSpares, inlineRuins } from './claims/c24-inline.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { ends, type Figure, type Finding, figureOf, fromTo, remark, times } from './verdict.ts';

/** Does metadata inside the chunked stream ruin sharing when only modification times differ? Claim C24. */

const INLINE = ['tar', 'catar'];
const APART = ['files', 'stream', 'merkle-files'];
const swept = (serialisers: readonly string[]): readonly string[] =>
  serialisers.map((serialiser) => `${serialiser}|fastcdc:avg=4KiB..256KiB|none|objects|get`);
const packed = (serialisers: readonly string[]): readonly string[] =>
  serialisers.map((serialiser) => `${serialiser}|fastcdc:avg=64KiB|zstd:3|objects|get`);
const SWEPT_INLINE = swept(INLINE);
/** Directories as objects are no stream: contents are those of `files`. */
const SWEPT_APART = swept(['files', 'stream']);

export const metadataInline: Experiment = createExperiment({
  name: 'metadata-inline',
  claims: 'C24 metadata inside the chunked stream ruins sharing when only times differ',
  title: 'Does metadata inside the chunked stream ruin sharing when only times differ?',
  dataset: 'rebuilt',
  decides: [inlineRuins, apartSpares],
  swept: [...SWEPT_INLINE, ...SWEPT_APART],
  packed: packed([...INLINE, ...APART]),
  chart: 'transfer-per-update',
  isOfAnyStep: true,
  async verdict(records) {
    const steps = await stepsOf(records);
    const rebuilt = steps.filter(({ from, to }) => from.files === to.files);
    return [
      ...rebuilt.map((step) => pulledAfter(records, step)),
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

/** Metadata included. */
function pulledAfter(records: Records, step: Step): Finding {
  const by = (serialisers: readonly string[]): readonly Pulled[] =>
    records
      .models(...packed(serialisers))
      .map((model) => ({ model, bytes: pulledBy(records, model, step) }));
  const [inline, apart] = [by(INLINE), by(APART)];
  const range = (own: readonly Pulled[]): string =>
    fromTo(
      own.map(({ bytes }) => bytes),
      formatBytes,
    );
  return remark(
    `A rebuild of which times alone are new (${nameOf(step)}) pulls, metadata included, ${range(inline)} inline and ${range(apart)} apart, by chunks of 64 KiB.`,
    [...inline, ...apart].map(({ model, bytes }) =>
      figureOf(step.to.image, { of: 'pulled', model }, bytes, 'bytes'),
    ),
  );
}

interface Pulled {
  readonly model: string;
  readonly bytes: number;
}

/** Steps between the same files, once for each way of setting times; groups of fewer than two say nothing. */
function sameUpdates(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups = groupBy(steps, ({ from, to }) => JSON.stringify([from.files, to.files]));
  return [...groups.values()].filter((group) => group.length > 1);
}

/** What times do to an update: what it pulls at their worst over what it pulls at their best. */
function clamped(records: Records, group: readonly Step[]): Finding {
  const by = (serialisers: readonly string[]): readonly Variation[] =>
    records.models(...packed(serialisers)).map((model) => {
      const figures = group.map((step) =>
        figureOf(step.to.image, { of: 'pulled', model }, pulledBy(records, model, step), 'bytes'),
      );
      const [cheapest, dearest] = ends(figures.map(({ value }) => value));
      return { ratio: divide(dearest, cheapest), figures };
    });
  const [inline, apart] = [by(INLINE), by(APART)];
  const range = (own: readonly Variation[]): string =>
    fromTo(
      own.map(({ ratio }) => ratio),
      times,
    );
  return remark(
    `One update by the times that its build gave, ${group.map(nameOf).join(' · ')}: dearest ÷ cheapest ${range(inline)} inline, ${range(apart)} apart.`,
    [...inline, ...apart].flatMap(({ figures }) => figures),
  );
}

interface Variation {
  readonly ratio: Maybe;
  readonly figures: readonly Figure[];
}

function pulledBy({ number }: Records, model: string, { to }: Step): number {
  return number(to.image, model, 'transfer.bytes', 'previous');
}

function nameOf({ from, to }: Step): string {
  return `${from.image} → ${to.image}`;
}
