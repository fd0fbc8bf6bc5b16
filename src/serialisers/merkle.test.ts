import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { sketchTree } from '../testing/trees.ts';
import { merkleFiles } from './files.ts';
import { treeToTar } from './tar.ts';

test('a directory that did not change is the same metadata object', () => {
  const objectsOf = (content: string): ReadonlySet<string> => {
    const tree = sketchTree({
      a: { type: 'directory' },
      'a/b': { type: 'directory' },
      'a/b/c': { content },
      z: { type: 'directory' },
      'z/same': { content: 'stays' },
    });
    const { streams, root } = merkleFiles.serialise(imageOfTars(readAll(treeToTar(tree))));
    const references = streams.map(({ bytes }) => {
      const digest = createHash('sha256').update(readAll(bytes)).digest();
      return { length: bytes.length, chunks: [{ digest, length: bytes.length }] };
    });
    const { objects } = root!(references);
    return new Set(objects!.map(({ bytes }) => Buffer.from(bytes).toString('hex')));
  };
  const [before, after] = [objectsOf('old'), objectsOf('new')];
  assert.is(before.size, 3);
  assert.is([...after].filter((object) => before.has(object)).length, 1);
});

test.run();
