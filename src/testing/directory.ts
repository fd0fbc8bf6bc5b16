import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type Test } from 'uvu';
import { type Lack, unless } from './needs.ts';

export interface InDirectory {
  directory: string;
}

/** A suite whose tests have a directory each, which is gone afterwards; as {@link unless}. */
export function directorySuite<Context extends InDirectory = InDirectory>(
  name: string,
  ...lacks: readonly (Lack | undefined)[]
): Test<Context> {
  const test = unless(suite<Context>(name), ...lacks);
  test.before.each((context) => {
    context.directory = realpathSync(mkdtempSync(join(tmpdir(), 'ocibench-test-')));
  });
  test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));
  return test;
}
