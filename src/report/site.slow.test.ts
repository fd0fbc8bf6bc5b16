import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { projectDirectory } from '../project.ts';
import { directorySuite } from '../testing/directory.ts';
import { lackOfTime } from '../testing/needs.ts';
import { writeSite } from './site.ts';
import { writeReport } from './write.ts';

const test = directorySuite('site of reports', lackOfTime());

test('every link of the index leads to a report, which is that of the run', async ({
  directory,
}) => {
  const run = join(directory, 'run');
  for (const name of ['run.json', 'records.jsonl']) {
    cpSync(join(projectDirectory, 'reports', 'example', name), join(run, name));
  }
  await writeReport(run);
  const site = join(directory, 'site');
  const index = readFileSync(await writeSite(site, [run]), 'utf8');
  const links = [...index.matchAll(/href="([^"#]+)"/g)].map(([, target]) => target!);
  // The run itself, its dataset, four chunkers and ten models.
  assert.is(links.length, 16);
  assert.is(new Set(links).size, 1);
  const own = join(site, decodeURIComponent(links[0]!));
  assert.equal(readFileSync(own), readFileSync(join(run, 'report.html')));
  assert.ok(existsSync(join(own, '..', 'records.jsonl')));
});

test('one run twice is refused, and leaves nothing', async ({ directory }) => {
  const site = join(directory, 'site');
  const example = join(projectDirectory, 'reports', 'example');
  try {
    await writeSite(site, [example, example]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UsageError);
  }
  assert.not(existsSync(site));
});

test.run();
