import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { directorySuite } from '../testing/directory.ts';
import { runChild } from './child.ts';
import { scriptUrl } from './pool.ts';

const test = directorySuite('children');

/** A script that answers with what this expression makes of its `input`. */
function scriptOf(directory: string, expression: string): URL {
  const path = join(directory, 'script.mjs');
  const answer = scriptUrl('./answer', import.meta.url).href;
  writeFileSync(
    path,
    `import { answer } from '${answer}';\nawait answer(async (input) => ${expression});\n`,
  );
  return pathToFileURL(path);
}

test('the configuration of an image may be longer than a command line', async ({ directory }) => {
  const config = 'x'.repeat(3e6);
  const script = scriptOf(directory, 'input.config.length');
  assert.is(await runChild(script, { config }), 3e6);
});

test('a child that ends before it has read says how it ended', async ({ directory }) => {
  const path = join(directory, 'script.mjs');
  writeFileSync(path, 'process.exit(3);');
  await runChild(pathToFileURL(path), 'x'.repeat(3e6)).then(
    () => assert.unreachable(),
    (error: unknown) => assert.match(String(error), 'ended with code 3 and no result'),
  );
});

test.run();
