import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { madeRecords, toldOf } from './made-records.ts';
import { metadataRoot } from './metadata-root.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(metadataRoot.packed);

/** Flat roots of 100 kB, updates by them of 1100 ms; one object per directory takes what is given. */
function made(bytes: readonly number[], ms: number): Records {
  const images = ['t0', 't1', 't2', 't3'];
  return madeRecords({
    images,
    models,
    number(image, model, measure) {
      const update = images.indexOf(image) - 1;
      const isDivided = model.startsWith('merkle-files');
      if (measure === 'image.entries') return 4000;
      if (measure === 'transfer.bytes') return 10e6;
      if (measure === 'transfer.metadata_bytes') return isDivided ? bytes[update]! : 100_000;
      if (measure === 'transfer.network_ms') return isDivided ? ms : 1100;
      return 3;
    },
  });
}

test('the claim is decided by the engine, on its links', async () => {
  const word = async (ms: number): Promise<string> =>
    /\*\*(.*?)\*\*/.exec(textsOf(await metadataRoot.verdict(made([1, 1, 1], ms)))[0]!)![1]!;
  assert.is(await word(1100), 'confirmed');
  assert.is(await word(500), 'refuted');
  assert.is(await word(1000), 'too close');
  assert.ok(metadataRoot.links!.length > 2, 'links of the claim are measured');
});

test('numbers stand beside it', async () => {
  const findings = await metadataRoot.verdict(made([50_000, 100_000, 150_000], 1000));
  const remarks = findings.filter(({ statement }) => statement === undefined);
  assert.match(remarks[0]!.text, '3 updates: directories 50.0 … 150.0 kB for 100.0 kB of flat;');
  assert.equal(toldOf(remarks[0]!.figures).length, 4 * 3);
  assert.match(
    remarks[3]!.text,
    'flat by zstd (per-file), per update (mean of 3): 100.0 kB of metadata (1.0 % of the bytes), 3 requests, those of contents included, rounds 3; modelled time 1.10 s at dsl',
  );
});

test.run();
