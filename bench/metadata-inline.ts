import { formatSize } from '../src/ids.ts';
import type { Contents } from '../src/measures/contents.ts';
import { groupBy } from '../src/report/group.ts';
import { familyOf } from '../src/report/models.ts';
import { divide, type Maybe } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  atLeast,
  atMost,
  below,
  claim,
  ends,
  type Finding,
  type Met,
  megabytes,
  namer,
  percent,
  times,
  undecided,
  verdictWord,
} from './verdict.ts';

/** Does metadata inside the chunked stream ruin sharing when only modification times differ? Claim C24. */

const INLINE = ['tar', 'catar'];
const APART = ['files', 'stream', 'merkle-files'];
/** Share of a rebuilt image's stream that is new: at least this is called ruined. */
const RUINED = 0.5;
/** … and at most this is called shared. */
const SHARED = 0.01;
/** What times do to an update: its transfer at their worst over that at their best, at least this. */
const MATTERS = 1.5;

export const metadataInline: Experiment = createExperiment({
  name: 'metadata-inline',
  claims: 'C24',
  title: 'Does metadata inside the chunked stream ruin sharing when only times differ?',
  dataset: 'rebuilt',
  // Directories as objects are no stream: contents are those of `files`.
  swept: ['tar', 'catar', 'files', 'stream'].map(
    (serialiser) => `${serialiser}|fastcdc:avg=4KiB..256KiB|none|objects|get`,
  ),
  packed: [...INLINE, ...APART].map(
    (serialiser) => `${serialiser}|fastcdc:avg=64KiB|zstd:3|objects|get`,
  ),
  async verdict(records) {
    const steps = await stepsOf(records);
    const rebuilt = steps.filter(({ from, to }) => from.files === to.files);
    if (rebuilt.length === 0) {
      return [undecided('C24', 'no image has the same files as the one before it')];
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
async function stepsOf({ images, updates, contents }: Records): Promise<readonly Step[]> {
  const versions: Version[] = [];
  for (const image of images) versions.push({ image, files: textOf(await contents(image)) });
  return versions
    .slice(1)
    .map((to, before) => ({ from: versions[before]!, to }))
    .filter(({ to }) => updates.includes(to.image));
}

function textOf({ paths, digests }: Contents): string {
  return JSON.stringify([paths, Buffer.from(digests).toString('base64')]);
}

const serialiserOf = (model: string): string => model.split(/[|:]/)[0]!;
const isInline = (model: string): boolean => INLINE.includes(serialiserOf(model));
const isSwept = (model: string): boolean => model.split('|')[2] === 'none';

function ruined(records: Records, step: Step): Finding {
  const rows = newShares(records, step, isInline);
  const isRuined = ({ share }: Share): Met => atLeast(share, RUINED);
  const bySize = [...groupBy(rows, ({ size }) => size).values()];
  const isBySize = bySize.every((own) => new Set(own.map(isRuined)).size === 1);
  const word = verdictWord(
    rows.map(isRuined),
    isBySize ? 'the size of chunks' : 'the archive and the size of chunks',
  );
  return claim(
    `C24 inline, a rebuild of which times alone are new (${nameOf(step)}) ruins sharing (at least ${percent(RUINED)} of the stream is new)`,
    word,
    `. ${list(rows)}.`,
  );
}

function shared(records: Records, step: Step): Finding {
  const rows = newShares(records, step, (model) => !isInline(model));
  const word = verdictWord(
    rows.map(({ share }) => atMost(share, SHARED)),
    'the archive and the size of chunks',
  );
  const pulled = packed(records).map(
    ({ model, name }) => `${name} ${megabytes(pulledBy(records, model, step))}`,
  );
  return claim(
    `C24 metadata apart avoids it (at most ${percent(SHARED)} of the contents is new)`,
    word,
    `. ${list(rows)}. A client with ${step.from.image} pulls, metadata included: ${pulled.join('; ')}.`,
  );
}

interface Share {
  readonly serialiser: string;
  readonly size: string;
  readonly share: Maybe;
}

function newShares(
  { models, number }: Records,
  { to }: Step,
  isWanted: (model: string) => boolean,
): readonly Share[] {
  return models
    .filter((model) => isSwept(model) && isWanted(model))
    .map((model) => ({
      serialiser: serialiserOf(model),
      size: formatSize(familyOf(model).average!),
      share: divide(
        number(to.image, model, 'dedup.new_bytes'),
        number(to.image, model, 'dedup.stream_bytes'),
      ),
    }));
}

function list(rows: readonly Share[]): string {
  return [...groupBy(rows, ({ serialiser }) => serialiser)]
    .map(([serialiser, own]) => {
      const shares = own.map(({ size, share }) => `${size} ${percent(share)}`);
      return `${serialiser} ${shares.join(' · ')}`;
    })
    .join('; ');
}

/** Steps between the same files, once for each way of setting times; groups of fewer than two say nothing. */
function sameUpdates(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups = groupBy(steps, ({ from, to }) => JSON.stringify([from.files, to.files]));
  return [...groups.values()].filter((group) => group.length > 1);
}

function clamped(records: Records, group: readonly Step[]): Finding {
  const rows = packed(records).map(({ model, name }) => {
    const bytes = group.map((step) => pulledBy(records, model, step));
    const [cheapest, dearest] = ends(bytes);
    return { model, name, bytes, ratio: divide(dearest, cheapest) };
  });
  const inline = rows.filter(({ model }) => isInline(model));
  const apart = rows.filter(({ model }) => !isInline(model));
  const word = verdictWord(
    [
      ...inline.map(({ ratio }) => atLeast(ratio, MATTERS)),
      ...apart.map(({ ratio }) => below(ratio, MATTERS)),
    ],
    'the format',
  );
  const parts = rows.map(
    ({ name, bytes, ratio }) =>
      `${name} ${bytes.map((one) => megabytes(one)).join(' · ')}, ${times(ratio)}`,
  );
  return claim(
    `C24 what times its build gave decides what an update costs inline (dearest ÷ cheapest at least ${times(MATTERS)}), and not where metadata is apart`,
    word,
    `. ${group.map(nameOf).join(' · ')}: ${parts.join('; ')}.`,
  );
}

function packed({ models }: Records): readonly { readonly model: string; readonly name: string }[] {
  const own = models.filter((model) => !isSwept(model));
  const name = namer(own);
  return own.map((model) => ({ model, name: name(model) }));
}

function pulledBy({ number }: Records, model: string, { to }: Step): number {
  return number(to.image, model, 'transfer.bytes', 'previous');
}

function nameOf({ from, to }: Step): string {
  return `${from.image} → ${to.image}`;
}
