import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { type Contents, takeContents } from '../measures/contents.ts';
import type { Plan } from '../plan.ts';
import { sketchTree } from '../testing/trees.ts';
import { recordSteps } from './steps.ts';

const descriptor = (id: string): ImageDescriptor => ({ id, digest: id, layers: [], config: '{}' });

/** Each image holds a file for each letter of its text, 100 bytes of that letter. */
async function contentsOf(text: string): Promise<Contents> {
  const files = [...text].map((letter) => [letter, { content: letter.repeat(100) }] as const);
  const tree = sketchTree(Object.fromEntries(files));
  return takeContents({ descriptor: { id: text }, layers: [], tree } as unknown as Image);
}

interface Series {
  /** Text by id, of all images of the dataset. */
  readonly images: Readonly<Record<string, string>>;
  readonly planned?: readonly string[];
  readonly missing?: readonly string[];
  readonly unreadable?: readonly string[];
  readonly declared?: Readonly<Record<string, 'edit' | 'rebuild'>>;
}

/** What is recorded, one line a record. */
async function told({
  images,
  planned = Object.keys(images),
  missing = [],
  unreadable = [],
  declared = {},
}: Series): Promise<readonly string[]> {
  const lines: string[] = [];
  const dataset = {
    images: Object.keys(images).map((id) => ({ id, ...(declared[id] && { step: declared[id] }) })),
  } as unknown as Plan['dataset'];
  await recordSteps(
    { dataset, images: planned },
    {
      images: planned.filter((id) => !missing.includes(id)).map(descriptor),
      record: (model, list) => {
        for (const { image, measure, value } of list) {
          lines.push(`${model} ${image} ${measure}: ${value}`);
        }
      },
      skip: (model, image, measure, why) => lines.push(`${model} ${image} ${measure}, ${why}`),
    },
    ({ id }) => (unreadable.includes(id) ? undefined : contentsOf(images[id]!)),
  );
  return lines;
}

const kinds = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.includes('step.kind'));

test('the first image has no step, each other one has one', async () => {
  assert.equal(await told({ images: { a: 'wxyz' } }), []);
  assert.equal(await told({ images: { a: 'wxyz', b: 'wxy', c: 'wv' } }), [
    '* b step.kind: update',
    '* b step.shared_share: 0.75',
    '* c step.kind: release',
    '* c step.shared_share: 0.25',
  ]);
});

test('a step against a missing image has no kind, the one after it has', async () => {
  const images = { a: 'wxyz', b: 'wxy', c: 'wxy', d: 'wxyz' };
  assert.equal(kinds(await told({ images, missing: ['b'] })), [
    '* c step.kind, b before it is missing',
    '* d step.kind: update',
  ]);
  assert.equal(kinds(await told({ images, missing: ['a'] })).length, 3);
  assert.equal(kinds(await told({ images, unreadable: ['b'] })), [
    '* b step.kind, one of its two images could not be read',
    '* c step.kind, one of its two images could not be read',
    '* d step.kind: update',
  ]);
});

test('a declared kind needs no content, but the image before', async () => {
  const images = { a: 'wxyz', b: 'wxy', c: 'wxy' };
  const declared = { b: 'edit', c: 'edit' } as const;
  assert.equal(kinds(await told({ images, declared, unreadable: ['b'] })), [
    '* b step.kind: edit',
    '* c step.kind: edit',
  ]);
  assert.equal(kinds(await told({ images, declared, missing: ['b'] })), [
    '* c step.kind, b before it is missing',
  ]);
});

test('two images without a byte have no kind', async () => {
  assert.equal(await told({ images: { a: '', b: '' } }), [
    '* b step.kind, neither image has a byte in files',
  ]);
});

test('a declared kind is of the step from the image before in the dataset, and of no other', async () => {
  const images = { a: 'wxyz', b: 'wxy', c: 'wxy' };
  const declared = { c: 'rebuild' } as const;
  assert.equal(kinds(await told({ images, declared })), [
    '* b step.kind: update',
    '* c step.kind: rebuild',
  ]);
  assert.equal(kinds(await told({ images, declared, planned: ['a', 'c'] })), [
    '* c step.kind: update',
  ]);
});

test.run();
