import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SkippedError } from '../errors.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { writeToc } from './toc.ts';

unless(test, lackOfTime())(
  'a table of contents that is longer than text can be is no fault of the harness',
  () => {
    assert.is(Buffer.from(writeToc([{ a: 1 }])).toString(), '{"version":1,"entries":[{"a":1}]}');
    // One long name in many rows: JSON would have 640 MiB.
    const row = { name: 'n'.repeat(64 << 20) };
    assert.throws(
      () => writeToc(new Array<typeof row>(10).fill(row)),
      (error: Error) => error instanceof SkippedError && /more than 512 MiB/.test(error.message),
    );
    const broken = {
      toJSON() {
        throw new TypeError('another fault');
      },
    };
    assert.throws(() => writeToc([broken]), /another fault/);
  },
);

test.run();
