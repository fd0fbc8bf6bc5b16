import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectDirectory } from '../project.ts';
import { readRun } from '../results/read.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { exportRun } from './export.ts';
import { writeReport } from './write.ts';

unless(test, lackOfTime())(
  'the committed example is read whole, rendered again, and exported in every format',
  async () => {
    const copy = mkdtempSync(join(tmpdir(), 'ocibench-example-'));
    try {
      cpSync(join(projectDirectory, 'reports', 'example'), copy, { recursive: true });
      const { info, records, warnings } = await readRun(copy);
      assert.equal(warnings, []);
      assert.ok(records.length > 1000, `${records.length} records`);
      const paths = await writeReport(copy);
      assert.is(paths.filter((path) => path.endsWith('.svg')).length, 7);
      const rows = info.images.length * info.models.length;
      assert.is((await exportRun(copy, 'csv')).trimEnd().split('\n').length, 1 + rows);
      assert.is(JSON.parse(await exportRun(copy, 'json')).records.length, records.length);
      assert.is(await exportRun(copy, 'md'), readFileSync(join(copy, 'summary.md'), 'utf8'));
    } finally {
      rmSync(copy, { recursive: true });
    }
  },
);

test.run();
