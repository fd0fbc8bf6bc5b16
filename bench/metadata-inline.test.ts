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
): Records {
  return madeRecords({
    images,
    models,
    contents: (image) =>
      Promise.resolve({ paths: ['file'], digests: Buffer.from(image[0]!) } as object as Contents),
    number(image, model, measure) {
      if (measure === 'dedup.stream_bytes') return 10 * MB;
      return (measure === 'dedup.new_bytes' ? 10 * share(model) : pulled(model, image)) * MB;
    },
  });
}

const isInline = (model: string): boolean => /^(tar|catar)\|/.test(model);

async function words(records: Records): Promise<readonly string[]> {
  const lines = textsOf(await metadataInline.verdict(records));
  return lines.map((line) => /\*\*(.*?)\*\*/.exec(line)?.[1] ?? '');
}

test('inline is ruined and apart is shared by the thresholds', async () => {
  const [ruined, shared] = await words(made((model) => (isInline(model) ? 0.5 : 0.01)));
  assert.equal([ruined, shared], ['confirmed', 'confirmed']);
  const [never, nowhere] = await words(made((model) => (isInline(model) ? 0.49 : 0.02)));
  assert.equal([never, nowhere], ['refuted', 'refuted']);
  const mixed = await words(made((model) => (/^tar|catar.*avg=4KiB/.test(model) ? 0.4 : 0.6)));
  assert.is(mixed[0], 'depends on the archive and the size of chunks');
  const fine = await words(made((model) => (model.includes('avg=4KiB') ? 0.4 : 0.6)));
  assert.is(fine[0], 'depends on the size of chunks');
});

test('an update is compared with itself under other times', async () => {
  const dear = (model: string, image: string): number =>
    isInline(model) && image === 'b2' ? 15 : 10;
  const [, , confirmed] = await words(made(() => 0, dear));
  assert.is(confirmed, 'confirmed');
  const [, , refuted] = await words(
    made(
      () => 0,
      (model, image) => (isInline(model) || image === 'b2' ? 10 : 20),
    ),
  );
  assert.is(refuted, 'refuted');
  const findings = await metadataInline.verdict(made(() => 0, dear));
  const lines = textsOf(findings);
  assert.match(lines[2]!, 'a2 → b2 · a3 → b3: ');
  assert.match(lines[2]!, 'inline 1.50 ×, apart 1.00 ×.');
  const [catar] = resolveModels(['catar|fastcdc:avg=64KiB|zstd:3|objects|get']);
  assert.ok(toldOf(findings[2]!.cases).includes(`series, model ${catar}: 1.5`));
  assert.equal(
    toldOf(findings[2]!.figures).filter((one) => one.includes(catar!)),
    [`b2, of pulled, model ${catar}: 15000000`, `b3, of pulled, model ${catar}: 10000000`],
  );
  assert.is(lines.length, 3);
});

test('without a rebuild nothing is decided', async () => {
  const records = { ...made(() => 0), images: ['a1', 'b1', 'a2'] };
  assert.match(
    textsOf(await metadataInline.verdict(records))[0]!,
    'C24 metadata inside the chunked stream ruins sharing when only times differ: undecided',
  );
});

test.run();
