import { truncateSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { limits } from '../limits.ts';
import { directorySuite } from '../testing/directory.ts';
import { imageIn } from '../testing/images.ts';
import { sketchTree } from '../testing/trees.ts';
import { CommonPieces } from './common-pieces.ts';

const test = directorySuite('common pieces');

test('the cells of a large image keep no pieces for each other, those of others share one memory', ({
  directory,
}) => {
  const [small, other, large] = ['small', 'other', 'large'].map(
    (id) => imageIn(directory, id, sketchTree({ file: { content: new Uint8Array(9) } })).descriptor,
  );
  // Sparse.
  truncateSync(large!.layers[0]!.path, 8 * limits.pieceBytes + 1);
  truncateSync(other!.layers[0]!.path, 8 * limits.pieceBytes);
  const pieces = new CommonPieces();
  assert.is(pieces.of(small!).bytes.length, limits.pieceBytes);
  assert.is(pieces.of(other!), pieces.of(small!));
  assert.is(pieces.of(large!).bytes.length, 0);
});

test.run();
