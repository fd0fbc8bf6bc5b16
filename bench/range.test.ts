import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { links } from '../src/links/mod.ts';
import { resolveModels } from '../src/models/mod.ts';
import { madeRecords } from './made-records.ts';
import { range } from './range.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels(range.packed);
const isWhole = (model: string): boolean => model.startsWith('layers|');
const isStore = (model: string): boolean => model.includes('|objects|');

/** The store takes 100 ms, a whole layer 200; the blob's bytes and times are given. */
function made(bytes: number, blobMs: (link: string, model: string) => number): Records {
  return madeRecords({
    images: ['a', 'b', 'c', 'd'],
    models,
    number(_, model, measure, _client, link) {
      if (measure === 'transfer.network_ms') {
        if (isWhole(model)) return 200;
        return isStore(model) ? 100 : blobMs(link!, model);
      }
      if (measure === 'transfer.requests' || measure === 'stored.blobs') {
        return isStore(model) ? 50 : 5;
      }
      return isStore(model) ? 100e6 : bytes;
    },
  });
}

async function words(records: Records): Promise<readonly (string | undefined)[]> {
  return textsOf(await range.verdict(records))
    .slice(0, 4)
    .map((line) => /\*\*(.*?)\*\*/.exec(line)?.[1]);
}

test('bytes, requests, the chunk store and the whole layer have a verdict each', async () => {
  const [few, no] = ['confirmed', 'refuted'];
  assert.equal(await words(made(101e6, () => 90)), [few, few, few, no]);
  assert.equal(await words(made(110e6, () => 150)), [no, few, no, no]);
  assert.equal(await words(made(100e6, () => 250)), [few, few, no, few]);
  const slow = (link: string): number => (link.startsWith('1g') ? 250 : 90);
  const depends = 'depends on the bandwidth';
  assert.equal(await words(made(100e6, slow)), [few, few, depends, depends]);
});

test('every link has one fastest gap, among single ranges', async () => {
  const few = (link: string, model: string): number => {
    if (model.includes('ranges=16')) return 10;
    return model.includes('gap=1MiB') && link.endsWith('-200ms') ? 50 : 90;
  };
  const lines = textsOf(await range.verdict(made(100e6, few)));
  const slow = links.filter(({ roundTripMs }) => roundTripMs === 200).length;
  assert.match(lines[5]!, `gap 1 KiB 100.00 MB in 5 requests, fastest on ${links.length - slow};`);
  assert.match(lines[5]!, `gap 1 MiB 100.00 MB in 5 requests, fastest on ${slow}.`);
  assert.match(lines[6]!, 'ranges=16 100.00 MB in 5 requests, 0.11 of the time');
});

test.run();
