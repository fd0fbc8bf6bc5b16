import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { openImage } from '../images/open.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { offlineContext } from '../testing/offline.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import { contentSource } from '../trees/content.ts';
import type { Fidelity } from '../trees/fidelity.ts';
import { applyLayers } from '../trees/layers.ts';
import type { Tree } from '../trees/tree.ts';
import type { EditedSource } from './edited.ts';
import { DRAWN_KINDS } from './edits/draw.ts';
import { applyEdits, type Edit } from './edits/mod.ts';
import { parseManifest } from './manifest.ts';
import { fetchImage, listDatasets, loadDataset } from './mod.ts';
import { providerOf } from './providers.ts';

const test = suite<{ directory: string }>('edited');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-edited-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const exact: Fidelity = {
  mtime: 'nanoseconds',
  hardlinks: true,
  xattrs: true,
  devices: true,
  sparse: false,
  ownerNames: true,
  whiteouts: false,
};
const DAY = '2026-01-01T00:00:00Z';
const NANOSECONDS = BigInt(Date.parse(DAY)) * 1_000_000n;

const lower: Readonly<Record<string, Sketch>> = {
  bin: { type: 'directory', mtime: 1n },
  'bin/a': { content: 'alpha', mtime: NANOSECONDS + 5n },
  'bin/a.link': { link: 'bin/a' },
  'bin/b': { content: 'beta', mtime: NANOSECONDS - 5n },
  größe: { content: 'umlaut' },
};
const upper: Readonly<Record<string, Sketch>> = {
  bin: { type: 'directory', mtime: 2n },
  'bin/.wh.b': {},
  'bin/c': { content: 'gamma' },
};

/** The image of these layers as an OCI layout, edited, with a manifest around it. */
async function edit(
  directory: string,
  layers: readonly Readonly<Record<string, Sketch>>[],
  edits: readonly Edit[],
): Promise<ImageDescriptor> {
  const blobs = join(directory, 'layout', 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (mediaType: string, bytes: Uint8Array): { readonly digest: string } => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length } as { digest: string };
  };
  const json = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const type = 'application/vnd.oci.image';
  const tars = layers.map((layer) =>
    put(`${type}.layer.v1.tar`, readAll(treeToTar(sketchTree(utf8Paths(layer))))),
  );
  const rootfs = { type: 'layers', diff_ids: tars.map(({ digest }) => digest) };
  const config = put(
    `${type}.config.v1+json`,
    json({ os: 'linux', architecture: 'amd64', author: 'kept', rootfs }),
  );
  const manifest = put(
    `${type}.manifest.v1+json`,
    json({ schemaVersion: 2, config, layers: tars }),
  );
  const index = { schemaVersion: 2, manifests: [manifest] };
  writeFileSync(join(directory, 'layout', 'index.json'), json(index));
  const of = { type: 'oci-layout', path: 'layout' };
  const path = join(directory, 'mine.json');
  writeFileSync(path, json(manifestWith({ type: 'edited', of, edits })));
  const dataset = await loadDataset(path);
  return fetchImage(dataset, 'one', offlineContext(directory));
}

function manifestWith(source: object): object {
  const license = { manifest: 'CC0-1.0', content: 'CC0-1.0' };
  const texts = { title: 'Mine', description: 'd', why: 'w', citeAs: 'c' };
  const images = [{ id: 'one', title: 'One', source }];
  return { schemaVersion: 1, id: 'mine', version: '1.0.0', ...texts, license, images };
}

function utf8Paths(sketches: Readonly<Record<string, Sketch>>): Readonly<Record<string, Sketch>> {
  return Object.fromEntries(
    Object.entries(sketches).map(([path, sketch]) => [
      Buffer.from(path, 'utf8').toString('latin1'),
      sketch,
    ]),
  );
}

function inode(tree: Tree, path: string): Tree['entries'][number]['inode'] | undefined {
  return tree.entries.find((entry) => entry.path === Buffer.from(path).toString('latin1'))?.inode;
}

const text = (tree: Tree, path: string): string =>
  Buffer.from(readAll(contentSource(tree, inode(tree, path)!))).toString();

test('each edit changes what it names, under all names of a hardlink, and nothing else', () => {
  const tree = sketchTree(utf8Paths(lower));
  const edited = (one: Edit): Tree => applyEdits(tree, [one]);

  const touched = edited({ touch: DAY });
  assert.ok(touched.entries.every((entry) => entry.inode.mtime === NANOSECONDS));
  assert.is(inode(touched, 'bin/a'), inode(touched, 'bin/a.link'));
  const timeless = { ...exact, mtime: 'none' as const };
  assert.equal(differences(tree, touched, timeless, 9), []);

  const clamped = edited({ clamp: DAY });
  assert.is(inode(clamped, 'bin/a.link')!.mtime, NANOSECONDS);
  assert.is(inode(clamped, 'bin/b'), inode(tree, 'bin/b'));

  const moded = edited({ chmod: { path: 'bin/a.link', mode: '4755' } });
  assert.is(inode(moded, 'bin/a')!.mode, 0o4755);
  assert.is(inode(moded, 'bin/b'), inode(tree, 'bin/b'));

  const longer = edited({ append: { path: 'größe', text: ' ä' } });
  assert.is(text(longer, 'größe'), 'umlaut ä');
  assert.is(inode(longer, 'größe')!.size, 9);
  assert.is(text(longer, 'bin/a'), 'alpha');

  const without = edited({ remove: 'bin' });
  assert.equal(
    without.entries.map(({ path }) => path),
    ['', Buffer.from('größe').toString('latin1')],
  );
});

test('an image is made anew layer by layer; its configuration and what lower layers hid stay', async ({
  directory,
}) => {
  const edits = [{ append: { path: 'bin/a', text: '!' } }, { touch: DAY }];
  const image = await edit(directory, [lower, upper], edits);
  assert.is(image.layers.length, 2);
  assert.is((JSON.parse(image.config) as { author: string }).author, 'kept');
  const { tree, layers } = openImage(image);
  const wanted = applyEdits(
    applyLayers([lower, upper].map((layer) => treeToTar(sketchTree(utf8Paths(layer))))),
    edits,
  );
  assert.equal(differences(wanted, tree, exact, 9), []);
  assert.is(text(tree, 'bin/a.link'), 'alpha!');
  const base = applyLayers(layers.slice(0, 1).map(({ tar }) => tar));
  assert.is(text(base, 'bin/b'), 'beta');
  assert.ok(base.entries.every((entry) => entry.inode.mtime === NANOSECONDS));
  // Touched as well as its parent, the file of the layer below is not in the layer above.
  const above = applyLayers(layers.slice(1).map(({ tar }) => tar));
  assert.is(inode(above, 'bin/a'), undefined);
  assert.ok(inode(above, 'bin/c'));
});

test('the same image twice is the same bytes, from the cache or not', async ({ directory }) => {
  const once = await edit(directory, [lower], [{ clamp: DAY }]);
  assert.equal(await edit(directory, [lower], [{ clamp: DAY }]), once);
  rmSync(join(directory, 'cache'), { recursive: true });
  assert.equal(await edit(directory, [lower], [{ clamp: DAY }]), once);
  const other = await edit(directory, [lower], [{ clamp: '2026-01-01T00:00:01Z' }]);
  assert.is.not(other.digest, once.digest);
});

test('an edit of what the image has not names image and path', async ({ directory }) => {
  const refuses = async (one: Edit, says: RegExp): Promise<void> => {
    try {
      await edit(directory, [lower, upper], [one]);
    } catch (error) {
      assert.instance(error, InputError);
      assert.match(String(error), says);
      return;
    }
    assert.unreachable('the edit was made');
  };
  await refuses({ remove: 'bin/b' }, /no such path \(image one, entry bin\/b\) — .*'remove'/);
  await refuses({ chmod: { path: 'nowhere', mode: '644' } }, /entry nowhere/);
  await refuses({ append: { path: 'bin', text: 'x' } }, /it is a directory, no file/);
});

test('a manifest with an unknown edit, origin or value is refused', () => {
  const parse = (source: object): unknown =>
    parseManifest(JSON.stringify(manifestWith(source)), 'mine.json');
  const of = { type: 'rootfs', path: 'a.tar' };
  const edited = (one: object): object => ({ type: 'edited', of, edits: [one] });
  parse(edited({ remove: 'usr/share/doc' }));
  for (const wrong of [
    edited({ touch: 'yesterday' }),
    edited({ touch: '2026-01-01T00:00:00.5Z' }),
    edited({ touch: '2262-04-11T23:47:17Z' }),
    edited({ clamp: '1677-09-21T00:12:43Z' }),
    edited({ chmod: { path: 'a', mode: '9' } }),
    edited({ remove: '/etc' }),
    edited({ touch: DAY, clamp: DAY }),
    edited({ flip: { path: 'a', at: -1 } }),
    edited({ rename: { from: 'a', to: 'a/b' } }),
    edited({ chmod: { path: 'a', mode: '755', recursive: false } }),
    edited({ draw: { kind: 'melt', seed: 1 } }),
    edited({ draw: { kind: 'flip' } }),
    { ...edited({ touch: DAY }), as: 'patch' },
    edited({ shred: 'a' }),
    { type: 'edited', of: edited({ touch: DAY }), edits: [{ touch: DAY }] },
  ]) {
    assert.throws(
      () => parse(wrong),
      (error: unknown) => error instanceof InputError,
      JSON.stringify(wrong),
    );
  }
});

test('pins are those of the image that is edited', async () => {
  const edits = [{ touch: DAY }];
  const of = { type: 'rootfs', path: 'a.tar' };
  assert.is(providerOf({ source: { type: 'edited', of, edits } as never }).pin, undefined);
  const debian = { type: 'debian', release: 'sid', state: 'highest' };
  const bound = providerOf({ source: { type: 'edited', of: debian, edits } as never });
  assert.type(bound.pin, 'function');
  assert.is(bound.pinsSchema!.safeParse({}).success, false);
});

test('rebuilt pins the packages of debian-series', async () => {
  assert.ok((await listDatasets()).some(({ id }) => id === 'rebuilt'));
  const [rebuilt, series] = await Promise.all(
    ['rebuilt', 'debian-series'].map((name) => loadDataset(name)),
  );
  for (const { id } of rebuilt!.images) {
    const from = `bookworm-${id.slice(0, 2)}`;
    assert.equal(rebuilt!.pins.get(id), series!.pins.get(from), id);
  }
});

test('edits pins the packages of ci-slice, and every edit comes after the base, in both forms', async () => {
  const [edits, slice] = await Promise.all(['edits', 'ci-slice'].map((name) => loadDataset(name)));
  const base = slice!.pins.get('t1') as { readonly packages: readonly { readonly name: string }[] };
  const source = slice!.images.find(({ id }) => id === 't1')!.source;
  const forms = new Map<string, string[]>();
  for (const [index, { id, step, source: own }] of edits!.images.entries()) {
    if (/^t1(\.|$)/.test(id)) {
      assert.equal([own, edits!.pins.get(id)], [source, base], id);
      assert.is(step, index === 0 ? undefined : 'return', id);
      continue;
    }
    assert.match(edits!.images[index - 1]!.id, /^t1(\.|$)|^no-op$/);
    const { of, as = 'rebuild', edits: made } = own as Partial<EditedSource>;
    if (!of) continue;
    assert.equal([of, edits!.pins.get(id)], [source, base], id);
    const text = JSON.stringify(made);
    forms.set(text, [...(forms.get(text) ?? []), as]);
  }
  forms.delete('[]');
  // Beside the drawn ones, modes and owners of all of /usr.
  assert.is(forms.size, DRAWN_KINDS.length + 2);
  for (const [text, both] of forms) assert.equal(both, ['rebuild', 'layer'], text);
  for (const kind of DRAWN_KINDS.filter((one) => one !== 'touch-all')) {
    assert.ok(
      [...forms.keys()].some((text) => text.includes(`"kind":"${kind}"`)),
      kind,
    );
  }
});

test.run();
