import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Contents } from '../src/measures/contents.ts';
import { resolveModels } from '../src/models/mod.ts';
import { madeRecords, toldOf } from './made-records.ts';
import { metadataInline } from './metadata-inline.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels([...metadataInline.swept, ...metadataInline.packed]);
const images = ['a1', 'a2', 'b2', 'a3', 'b3'];
const MB = 1e6;

/** Images of one letter have the same files. A rebuild's stream is new by this share, an update pulls this many MB. */
function made(
  share: (model: string) => number,
  pulled: (model: string, image: string) => number = () => 1,
  newContent = 0,
): Records {
  return madeRecords({
    images,
    models,
    steps: images.slice(1).map((image) => ({
      image,
      kind: image === 'a2' ? ('rebuild' as const) : ('update' as const),
    })),
    contents: (image) =>
      Promise.resolve({ paths: ['file'], digests: Buffer.from(image[0]!) } as object as Contents),
    number(image, model, measure) {
      if (measure === 'step.changed_content_bytes') return newContent;
      if (measure === 'dedup.stream_bytes') return 10 * MB;
      return (measure === 'dedup.new_bytes' ? 10 * share(model) : pulled(model, image)) * MB;
    },
  });
}

const isInline = (model: string): boolean => /^(tar|catar)\|/.test(model);

test('a rebuild is judged by the engine, and told with what it pulls', async () => {
  const findings = await metadataInline.verdict(made((model) => (isInline(model) ? 0.6 : 0)));
  const [ruined, spared, pulled] = textsOf(findings);
  assert.match(ruined!, 'C24 Where metadata alone changes');
  assert.match(spared!, 'C24-apart Where metadata alone changes, next to nothing');
  // One rebuild is too few.
  assert.match(ruined!, 'undecided: n = 1 step, at least 3 would decide');
  assert.match(
    pulled!,
    /^A rebuild of which times alone are new \(a1 → a2\) pulls, .* 1\.00 MB inline and 1\.00 MB apart/,
  );
});

test('a rebuild with a new byte of content decides nothing', async () => {
  const [judged] = textsOf(
    await metadataInline.verdict(
      made(
        () => 0.6,
        () => 1,
        1,
      ),
    ),
  );
  assert.match(judged!, 'undecided: at least three images of which metadata alone is new');
});

test('an update is compared with itself under other times', async () => {
  const dear = (model: string, image: string): number =>
    isInline(model) && image === 'b2' ? 15 : 10;
  const findings = await metadataInline.verdict(made(() => 0, dear));
  const last = findings.at(-1)!;
  assert.match(last.text, 'a2 → b2 · a3 → b3: dearest ÷ cheapest 1.50 × inline, 1.00 × apart.');
  const [catar] = resolveModels(['catar|fastcdc:avg=64KiB|zstd:3|objects|get']);
  assert.equal(
    toldOf(last.figures).filter((one) => one.includes(catar!)),
    [`b2, of pulled, model ${catar}: 15000000`, `b3, of pulled, model ${catar}: 10000000`],
  );
});

test.run();
