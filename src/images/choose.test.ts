import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError, UnavailableError, VerificationError } from '../errors.ts';
import { limits } from '../limits.ts';
import { refused, withLimits } from '../testing/archives.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { sha256 } from '../testing/registry.ts';
import { chooseImage, listReferences, type Wish } from './choose.ts';
import { machinePlatform, type Platform, parsePlatform } from './platform.ts';
import type { Candidate } from './platform-search.ts';

const slow = unless(test, lackOfTime());

const digestOf = (value: string): string => sha256(Buffer.from(value));

interface Options {
  readonly names?: readonly string[];
  readonly own?: string;
}

/** An image of a list; the list says its platform where one is given. */
function image(value: string, platform?: string, { names = [], own }: Options = {}): Entry {
  return {
    value,
    digest: digestOf(value),
    names,
    ...(platform === undefined ? {} : { platform: parsePlatform(platform) }),
    ownPlatform: async () => (own === undefined ? undefined : parsePlatform(own)),
  };
}

type Entry = Candidate<string>;

function index(value: string, members: readonly Entry[], names: readonly string[] = []): Entry {
  return { value, digest: digestOf(value), names, members: async () => members };
}

function absent(value: string, platform?: string): Entry {
  const fail = async (): Promise<never> => {
    throw new InputError('not there');
  };
  return { ...image(value, platform), ownPlatform: fail };
}

const choose = async (entries: readonly Entry[], wish: Wish = {}): Promise<string> =>
  (await chooseImage(entries, wish, { file: 'x' })).value;

const other = machinePlatform() === 'linux/amd64' ? 'linux/arm64' : 'linux/amd64';

test('a platform is the wanted one, by default this machine’s, and the first of its kind in an index', async () => {
  const list = [image('other', other), image('own', machinePlatform())];
  assert.is(await choose(list), 'own');
  assert.is(await choose(list, { platform: other }), 'other');
  const twice = index('i', [image('first', 'linux/s390x'), image('second', 'linux/s390x')]);
  assert.is(await choose([twice], { platform: 'linux/s390x' }), 'first');
});

test('variants are what is asked for, the usual one where nothing is', async () => {
  const arm = ['v5', 'v6', 'v7'].map((variant) => image(variant, `linux/arm/${variant}`));
  assert.is(await choose(arm, { platform: 'linux/arm' }), 'v7');
  assert.is(await choose(arm, { platform: 'linux/arm/v6' }), 'v6');
  await refused(choose(arm, { platform: 'linux/arm/v8' }), /no image for linux\/arm\/v8.*v5/);
  assert.is(await choose(arm.slice(0, 1), { platform: 'linux/arm' }), 'v5');
  const plain = [image('v3', 'linux/amd64/v3'), image('plain', 'linux/amd64')];
  assert.is(await choose(plain, { platform: 'linux/amd64' }), 'plain');
  assert.is(await choose(plain, { platform: 'linux/amd64/v1' }), 'plain');
  assert.is(await choose(plain, { platform: 'linux/amd64/v3' }), 'v3');
  const arm64 = [image('x', 'linux/arm64'), image('y', 'linux/riscv64')];
  assert.is(await choose(arm64, { platform: 'linux/arm64/v8' }), 'x');
});

test('what is there for one platform only is taken where none is asked for', async () => {
  assert.is(await choose([image('one', other)]), 'one');
  assert.is(await choose([index('i', [image('one', other)])]), 'one');
  await refused(choose([image('one', other)], { platform: 'linux/s390x' }), /no image for/);
  await refused(choose([index('i', [image('one', other)])], { platform: 'linux/s390x' }), /there/);
});

test('images say their platform themselves where the list does not; what is absent does not matter', async () => {
  const silent = [
    absent('gone'),
    image('a', undefined, { own: 'linux/arm64' }),
    image('b', undefined, { own: 'linux/amd64' }),
  ];
  assert.is(await choose(silent, { platform: 'linux/amd64' }), 'b');
  assert.is(await choose(silent, { platform: 'linux/arm64' }), 'a');
  await refused(choose(silent, { platform: 'linux/s390x' }), /linux\/arm64, linux\/amd64/);
  const broken: Entry = {
    ...index('broken', []),
    members: async () => {
      throw new UnavailableError('not there');
    },
  };
  const nested = [broken, index('deep', [index('deeper', [image('c', 'linux/s390x')])])];
  assert.is(await choose(nested, { platform: 'linux/s390x' }), 'c');
  // What was not read is told where it is all there is.
  await refused(choose([broken], { platform: 'linux/s390x' }), /not there/);
  const wrong: Entry = {
    ...broken,
    members: async () => {
      throw new VerificationError('wrong bytes');
    },
  };
  await refused(choose([wrong, image('d')], { platform: 'linux/s390x' }), /wrong bytes/);
});

test('an index for another platform is not opened', async () => {
  const closed: Entry = {
    ...index('closed', []),
    platform: parsePlatform('linux/arm64'),
    members: () => assert.unreachable('opened') as never,
  };
  const open = {
    ...index('open', [image('in', undefined)]),
    platform: parsePlatform('linux/amd64'),
  };
  assert.is(await choose([closed, open], { platform: 'linux/amd64' }), 'in');
});

test('several images are several names, or one platform twice', async () => {
  const named = [
    image('a', 'linux/amd64', { names: ['x:1', 'x:latest'] }),
    image('b', 'linux/amd64', { names: ['y:1'] }),
  ];
  await refused(choose(named), /2 images.*x:1 \(linux\/amd64\), y:1/);
  await refused(choose(named, { platform: 'linux/amd64' }), /2 images, and nothing says which/);
  for (const reference of ['x:1', 'x:latest', 'docker.io/library/x:1', digestOf('a')]) {
    assert.is(await choose(named, { reference }), 'a', reference);
  }
  await refused(choose(named, { reference: 'z' }), /no image is called 'z'.*x:1/);
  const unnamed = [image('a', 'linux/amd64'), image('b', 'linux/amd64')];
  await refused(choose(unnamed, { platform: 'linux/amd64' }), new RegExp(digestOf('b')));
  assert.is(await choose(unnamed, { reference: digestOf('b') }), 'b');
  const apart = [
    image('a', 'linux/amd64', { names: ['x'] }),
    image('b', 'linux/arm64', { names: ['y'] }),
  ];
  assert.is(await choose(apart, { platform: 'linux/arm64' }), 'b');
  await refused(choose(apart), /2 images, and nothing says which/);
});

test('one image listed twice is one image; attestations are none', async () => {
  const tags = [image('a', undefined, { names: ['x'] }), image('a', undefined, { names: ['y'] })];
  assert.is(await choose(tags), 'a');
  assert.is(await choose(tags, { reference: 'y' }), 'a');
  const both = ['linux/arm/v6', 'linux/arm/v7'].map((platform) => image('a', platform));
  assert.is(await choose(both, { platform: 'linux/arm/v6' }), 'a');
  const attested = [image('a', other), image('attestation', 'unknown/unknown')];
  assert.is(await choose(attested), 'a');
  await refused(choose([image('x', 'unknown/unknown')]), /holds no image/);
});

test('a digest chooses within indexes too', async () => {
  const inner = [image('a', 'linux/amd64'), image('b', 'linux/arm64')];
  const listed = [index('i', [index('j', inner)], ['x']), index('k', [], ['y'])];
  assert.is(await choose(listed, { reference: digestOf('b') }), 'b');
  assert.is(await choose(listed, { reference: digestOf('j'), platform: 'linux/arm64' }), 'b');
  await refused(
    choose(listed, { reference: digestOf('z') }),
    /no image is called.*there are: x, y/,
  );
});

for (const [run, count] of [
  [test, 200],
  [slow, 20_000],
] as const) {
  run(`${count} platforms or images are not listed in one message`, async () => {
    const platforms = Array.from({ length: count }, (_, at) => image(`${at}`, `linux/a${at}`));
    const images = Array.from({ length: count }, (_, at) =>
      image(`${at}`, undefined, { names: [`name-${at}-${'x'.repeat(1000)}`] }),
    );
    for (const [list, wish] of [
      [platforms, { platform: 'linux/s390x' }],
      [[index('i', platforms)], { platform: 'linux/s390x' }],
      [images, {}],
      [images, { reference: 'none' }],
    ] as const) {
      const error = await refused(choose(list, wish), new RegExp(`and ${count - 20} more`));
      assert.ok(String(error).length < 3000);
    }
  });
}

test('documents that are read to find a platform are bounded, also where indexes repeat', async () => {
  const silent = (count: number): readonly Entry[] =>
    Array.from({ length: count }, (_, at) => image(`${at}`, undefined, { own: `linux/a${at}` }));
  await withLimits({ choiceDocuments: 5 }, async () => {
    for (const count of [4, 5]) {
      assert.is(await choose(silent(count), { platform: `linux/a${count - 1}` }), `${count - 1}`);
    }
    await refused(choose(silent(6), { platform: 'linux/a5' }), /more than 5 indexes and images/);
  });
  let opened = 0;
  let level: readonly Entry[] = [image('leaf', 'linux/s390x')];
  for (let depth = 0; depth < 8; depth++) {
    const members = level;
    const one: Entry = {
      ...index(`level ${depth}`, []),
      members: async () => {
        opened++;
        return members;
      },
    };
    level = Array.from({ length: 100 }, () => one);
  }
  assert.is(await choose(level, { platform: 'linux/s390x' }), 'leaf');
  assert.ok(opened <= 16);
  assert.ok(limits.choiceDocuments >= 100);
});

test('all images of a list have something that chooses them', async () => {
  const known: Platform = parsePlatform('linux/amd64');
  const cases: readonly (readonly [readonly Entry[], readonly (string | undefined)[]])[] = [
    [[image('a')], [undefined]],
    [[image('a', other), image('b', machinePlatform())], [undefined]],
    [
      [image('a'), image('b')],
      [digestOf('a'), digestOf('b')],
    ],
    [
      [
        { ...image('a'), names: ['x', 'latest'], platform: known },
        { ...image('b'), names: ['y', 'latest'], platform: known },
      ],
      ['x', 'y'],
    ],
    [
      [
        image('a', 'linux/amd64', { names: ['x'] }),
        image('b', 'linux/arm64', { names: ['x'] }),
        image('c', 'linux/amd64', { names: ['y'] }),
      ],
      ['x', 'y'],
    ],
  ];
  for (const [list, expected] of cases) {
    const references = await listReferences(list, {});
    assert.equal(references, expected);
    const found = await Promise.all(
      references.map((reference) => choose(list, { reference, platform: undefined })),
    );
    assert.is(new Set(found).size, references.length);
  }
});

test.run();
