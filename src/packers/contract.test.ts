import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codecMembers } from '../codecs/mod.ts';
import { fetcherFaults } from '../fetchers/contract.ts';
import type { Request } from '../fetchers/fetcher.ts';
import { fetcherMembers } from '../fetchers/mod.ts';
import { Holdings } from '../measures/holdings.ts';
import { createModel, presets } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { serialiserMembers } from '../serialisers/mod.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { richTree, sketchTree } from '../testing/trees.ts';
import { packerFaults } from './contract.ts';
import { takeInventory } from './inventory.ts';
import { packerMembers } from './mod.ts';
import type { Packer, PackInput } from './packer.ts';
import { memoryStore } from './store.ts';

/** Every preset, and the members that no preset has. */
const CHAINS = [
  ...presets.map(({ chain }) => chain),
  'files|fixed:size=4KiB|zstd-codec|packs:size=4KiB,chunks=3|get',
  'tar|fixed:size=4KiB|gzip|blob|get',
  'layers|whole|none|ztoc:span=32KiB,least=0|range',
];

const axes = [serialiserMembers, codecMembers, packerMembers, fetcherMembers];

const images = [richTree(), sketchTree({ a: { content: 'x'.repeat(70_000) }, b: {} })].map((tree) =>
  imageOfTars(readAll(treeToTar(tree))),
);

// What a plug-in's members are held to on first use, members of this tree keep.
const plugin = { name: 'tree.ts', digest: `sha256:${'0'.repeat(64)}` };
for (const members of axes) for (const member of members) Object.assign(member, { plugin });

for (const chain of CHAINS) {
  test(`73 ${chain} keeps what plug-ins are held to`, async () => {
    const model = await createModel(chain);
    let before = new Holdings();
    for (const image of images) {
      const packed = await model.pack(image, inline);
      await model.unpack(packed.manifest, memoryStore(packed), inline);
      const inventory = takeInventory('test', model.id, packed);
      for (const held of [new Holdings(), before, Holdings.of(inventory)]) {
        assert.ok(model.transfer(inventory, held).requests > 0);
      }
      before = Holdings.of(inventory);
    }
  });
}

test('every packer and fetcher is in a chain', () => {
  const used = new Set(CHAINS.flatMap((chain) => chain.split('|').map((id) => id.split(':')[0])));
  for (const members of [packerMembers, fetcherMembers]) {
    assert.equal(
      members.map(({ name }) => name).filter((name) => !used.has(name)),
      [],
    );
  }
});

test('73 the faults of a packer are named', async () => {
  const input = await inputOf('files|whole|none|blob|range');
  const { create } = packerMembers.find(({ name }) => name === 'blob')!;
  const good = create({});
  const bad = (change: (packed: ReturnType<Packer['pack']>) => object): Packer => ({
    ...good,
    pack: (given) => ({ ...good.pack(given), ...change(good.pack(given)) }),
  });
  assert.equal(packerFaults(good, input), []);
  let calls = 0;
  const cases: readonly (readonly [packer: Packer, fault: string])[] = [
    [
      bad(({ layers }) => ({ layers: layers.slice(calls++ % 2) })),
      'packs otherwise the second time',
    ],
    [
      bad(({ layers }) => ({
        layers: layers.map((one) => ({ ...one, bytes: new MemorySource(new Uint8Array(1)) })),
      })),
      'describes blobs that it did not make',
    ],
    [
      bad(({ placement }) => ({
        placement: { ...placement, offsets: placement!.offsets.map((offset) => offset + 1e9) },
      })),
      'places objects outside of their layer',
    ],
    [
      {
        ...good,
        pack(given) {
          given.stored.lengths[0]! += 1;
          return good.pack(given);
        },
      },
      'alters its input',
    ],
  ];
  for (const [packer, fault] of cases) {
    const faults = packerFaults(packer, input);
    assert.ok(faults.includes(fault), `${fault}: ${faults.join()}`);
  }
});

test('73 the faults of a fetcher are named', async () => {
  const model = await createModel('files|whole|none|objects|get');
  const inventory = takeInventory('test', model.id, await model.pack(images[0]!, inline));
  const nothing = new Holdings();
  const { fetcher } = fetcherMembers.find(({ name }) => name === 'get')!;
  const rounds = fetcher.rounds(inventory, nothing, {});
  assert.equal(fetcherFaults(rounds, inventory, nothing), []);
  const changed = (change: (request: Request) => Request): typeof rounds =>
    rounds.map((round) => round.map(change));
  const cases: readonly (readonly [answer: typeof rounds, fault: RegExp])[] = [
    [[], /leaves objects/],
    [rounds.map((round) => round.slice(1)), /leaves/],
    [changed((one) => ({ ...one, bytes: -1 })), /counts -1 bytes/],
    [changed((one) => ({ ...one, bytes: Number.NaN })), /counts NaN bytes/],
    [changed((one) => ({ ...one, bytes: 1 })), /more than a blob has|not there/],
    [changed((one) => ({ ...one, digest: `sha256:${'0'.repeat(64)}` })), /that are not there/],
    [changed((one) => ({ ...one, role: 'other' as 'content' })), /has the role 'other'/],
    [
      changed((one) => ({ ...one, kind: 'blob', ranges: [{ offset: 5, length: 1e9 }] })),
      /more than a blob has|not there/,
    ],
  ];
  for (const [answer, fault] of cases) {
    assert.match(fetcherFaults(answer, inventory, nothing).join(), fault);
  }
  assert.match(fetcherFaults(rounds, inventory, Holdings.of(inventory)).join(), /client holds/);
});

/** What a chain hands to its packer. */
async function inputOf(chain: string): Promise<PackInput> {
  const member = packerMembers.find(({ name }) => name === chain.split('|')[3])!;
  const { create } = member;
  let input: PackInput | undefined;
  const spy = (values: Parameters<typeof create>[0]): Packer => {
    const packer = create(values);
    const pack: Packer['pack'] = (given) => {
      input = given;
      return packer.pack(given);
    };
    return { ...packer, pack };
  };
  Object.assign(member, { create: spy });
  const model = await createModel(`${chain}:gap=1`);
  await model.pack(images[0]!, inline);
  Object.assign(member, { create });
  return input!;
}

test.run();
