import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../errors.ts';
import { parseManifest } from './manifest.ts';

/** Sources of files that are pinned by digest, as manifests have them. */

const sha256 = 'a'.repeat(64);
const tar = { type: 'rootfs', url: 'https://files.example/a.tar.gz', sha256, size: 1 };
const on = { type: 'debian', release: 'bookworm', state: 'release' };
const integrity = `sha512-${'A'.repeat(86)}==`;
const npm = { type: 'npm', on, name: '@a/b', version: '1.2.3', integrity, size: 1 };

function parse(source: unknown): void {
  const words = { title: 'x', description: 'x', why: 'x', citeAs: 'x' };
  const license = { manifest: 'x', content: 'x' };
  const images = [{ id: 'a', title: 'x', source }];
  const facts = { schemaVersion: 1, id: 'x', version: '1.0.0' };
  parseManifest(JSON.stringify({ ...facts, ...words, license, images }), 'x.json');
}

/** The field that an error names. */
function faultOf(source: unknown): string | undefined {
  try {
    parse(source);
  } catch (error) {
    assert.instance(error, InputError);
    return (error as InputError).where.field?.replace('images.0.source.', '');
  }
  return undefined;
}

test('a root file system has a path, or an address with digest and size', () => {
  for (const good of [
    { type: 'rootfs', path: 'a.tar' },
    tar,
    { ...tar, url: 'http://127.0.0.1:8000/a' },
    { ...tar, url: 'http://localhost/a' },
  ]) {
    assert.is(faultOf(good), undefined, JSON.stringify(good));
  }
  const { sha256: _sha256, ...withoutDigest } = tar;
  const { size: _size, ...withoutSize } = tar;
  for (const [bad, field] of [
    [{ type: 'rootfs' }, 'url'],
    [{ ...tar, path: 'a.tar' }, 'url'],
    [withoutDigest, 'sha256'],
    [withoutSize, 'size'],
    [{ ...tar, sha256: sha256.toUpperCase() }, 'sha256'],
    [{ ...tar, size: 0 }, 'size'],
    [{ ...tar, size: 64 * 2 ** 30 + 1 }, 'size'],
    [{ ...tar, size: 1e20 }, 'size'],
    [{ ...tar, url: 'http://files.example/a' }, 'url'],
    [{ ...tar, url: 'https://user:secret@files.example/a' }, 'url'],
    [{ ...tar, url: 'file:///etc/passwd' }, 'url'],
    [{ ...tar, url: '/a.tar' }, 'url'],
  ] as const) {
    assert.is(faultOf(bad), field, JSON.stringify(bad));
  }
});

test('a package has an exact version and its integrity, and an image below', () => {
  assert.is(faultOf(npm), undefined);
  assert.is(faultOf({ ...npm, name: 'typescript', version: '6.0.0-beta.1' }), undefined);
  for (const [change, field] of [
    [{ version: '^1.2.3' }, 'version'],
    [{ version: 'latest' }, 'version'],
    [{ name: '../../etc' }, 'name'],
    [{ name: '.bin' }, 'name'],
    [{ name: '@a/../b' }, 'name'],
    [{ integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }, 'integrity'],
    [{ size: undefined }, 'size'],
    [{ size: 2 ** 53 - 1 }, 'size'],
    [{ on: undefined }, 'on'],
    [{ on: npm }, 'on.type'],
  ] as const) {
    assert.is(faultOf({ ...npm, ...change }), field, JSON.stringify(change));
  }
});

test('a size beyond the limit is a fault of the manifest, and the bound is named', () => {
  for (const size of [64 * 2 ** 30 + 1, 2 ** 53 - 1, 2 ** 60]) {
    assert.throws(
      () => parse({ ...tar, size }),
      (error: unknown) =>
        /at most 68719476736 \(file x\.json, line 1, field images\.0\.source\.size\)/.test(
          String(error),
        ),
      String(size),
    );
  }
});

test('an edit of no known kind, of two, or with another value says what is wrong', () => {
  const edited = (edit: unknown): unknown => ({ type: 'edited', of: tar, edits: [edit] });
  const flip = { path: 'a', at: 1 };
  for (const [edit, field, says] of [
    [{ chmodd: {} }, '0', /unknown edit 'chmodd': did you mean 'chmod'\? known are touch, .*draw/],
    [{ flip, touch: '2026-01-01T00:00:00Z' }, '0', /2 kinds in one edit \(flip, touch\): make/],
    [{}, '0', /an edit without a kind: give one of touch, /],
    [[], '0', /an edit is an object of one kind: touch, /],
    ['flip', '0', /an edit is an object of one kind: touch, /],
    [{ flip: { ...flip, at: -1 } }, '0.flip.at', /expected number to be >=0/],
    [{ flip: { path: 'a', too: 1 } }, '0.flip.at', /flip\.at is missing/],
    [{ flip: { ...flip, too: 1 } }, '0.flip.too', /Unrecognized key/],
    [{ touch: 5 }, '0.touch', /expected string or object/],
    [{ touch: { path: 'a', time: 'x' } }, '0.touch.time', /ISO datetime/],
    [
      { draw: { kind: 'flop', seed: 1 } },
      '0.draw.kind',
      /unknown draw 'flop': did you mean 'flip'/,
    ],
    [{ draw: { kind: 'flip', seed: -1 } }, '0.draw.seed', />=0/],
    [{ draw: { seed: 1 } }, '0.draw.kind', /draw\.kind is missing/],
  ] as const) {
    const name = JSON.stringify(edit);
    assert.is(faultOf(edited(edit)), `edits.${field}`, name);
    assert.throws(() => parse(edited(edit)), says, name);
  }
});

test.run();
