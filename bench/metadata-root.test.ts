import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { madeRecords, toldOf } from './made-records.ts';
import { metadataRoot } from './metadata-root.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(metadataRoot.packed);

/** Flat roots of 100 kB, updates by them of one second; one object per directory takes what is given for each update. */
function made(bytes: readonly number[], ms: Readonly<Record<string, readonly number[]>>): Records {
  const images = ['t0', 't1', 't2'];
  return madeRecords({
    images,
    models,
    number(image, model, measure, _client, link) {
      const update = images.indexOf(image) - 1;
      const isDivided = model.startsWith('merkle-files');
      if (measure === 'image.entries') return 4000;
      if (measure === 'transfer.bytes') return 10e6;
      if (measure === 'transfer.metadata_bytes') return isDivided ? bytes[update]! : 100_000;
      if (measure === 'transfer.network_ms') return isDivided ? ms[link!]![update]! : 1100;
      return 3;
    },
  });
}

async function words(records: Records): Promise<readonly string[]> {
  const lines = textsOf(await metadataRoot.verdict(records));
  return lines.slice(0, 2).map((line) => /\*\*(.*?)\*\*/.exec(line)![1]!);
}

test('the words of the verdict follow bytes, and time at both links', async () => {
  const slow = { 'dsl-20ms': [1000, 1200], '1g-100ms': [2000, 2000] };
  const fast = { 'dsl-20ms': [999, 900], '1g-100ms': [500, 500] };
  const mixed = { ...slow, 'dsl-20ms': [999, 1000] };
  assert.equal(await words(made([99_999, 1], slow)), ['confirmed', 'confirmed']);
  assert.equal(await words(made([100_000, 200_000], fast)), ['refuted', 'refuted']);
  assert.equal(await words(made([99_999, 200_000], mixed)), [
    'depends on the update',
    'depends on link and update',
  ]);
});

test('numbers stand behind it', async () => {
  const slow = { 'dsl-20ms': [1000, 2200], '1g-100ms': [1100, 1100] };
  const findings = await metadataRoot.verdict(made([50_000, 150_000], slow));
  const lines = textsOf(findings);
  assert.match(lines[0]!, '2 updates: directories 50.0 … 150.0 kB for 100.0 kB of flat;');
  assert.equal(toldOf(findings[0]!.cases).slice(0, 2), [
    't1, of directories ÷ flat, codec none: 0.5',
    't2, of directories ÷ flat, codec none: 1.5',
  ]);
  assert.match(lines[1]!, 'a flat root of 4,000 entries');
  assert.match(lines[1]!, '2 updates: dsl-20ms 0.50 … 1.10 ×; 1g-100ms 1.00 ×');
  assert.match(
    lines[4]!,
    'flat by zstd (per-file), mean of 2 updates: 100.0 kB of metadata (1.0 % of the bytes), 3 requests, those of contents included, rounds 3; modelled time 1.10 s at dsl',
  );
});

test.run();
