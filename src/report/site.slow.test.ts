import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
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
  const index = readFileSync((await writeSite(site, [run])).index, 'utf8');
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

test('a directory without a readable run costs no other its report, and the index names both', async ({
  directory,
}) => {
  const [altered, broken] = [join(directory, 'altered'), join(directory, 'broken')];
  for (const name of ['run.json', 'records.jsonl']) {
    cpSync(join(projectDirectory, 'reports', 'example', name), join(altered, name));
  }
  const line = readFileSync(join(altered, 'records.jsonl'), 'utf8').split('\n')[0]!;
  appendFileSync(join(altered, 'records.jsonl'), `${line}\n`);
  mkdirSync(broken);
  writeFileSync(join(broken, 'run.json'), '{"method":');
  const notes: string[] = [];
  const site = join(directory, 'site');
  const { index, unread } = await writeSite(site, [broken, altered], (text) => notes.push(text));
  assert.is(unread, 1);
  assert.match(notes.at(-1)!, /broken is left out: .*this is not JSON .*run\.json/);
  const page = readFileSync(index, 'utf8');
  assert.match(page, /<li>broken \(run\.json\): this is not JSON<\/li>/);
  assert.match(page, /report\.html">[^<]*<\/a><br>[^<]*; the command that made the run/);
});

test('directories of one name are told apart by the folder that they are in', async ({
  directory,
}) => {
  const runs = ['first', 'second'].map((folder) => join(directory, folder, 'run'));
  for (const run of runs) mkdirSync(run, { recursive: true });
  const example = join(projectDirectory, 'reports', 'example');
  const { index } = await writeSite(join(directory, 'site'), [example, ...runs]);
  const page = readFileSync(index, 'utf8');
  for (const folder of ['first', 'second']) assert.match(page, new RegExp(`<li>${folder}/run[ :]`));
});

test('the same on another day stands beside the first run', async ({ directory }) => {
  const example = join(projectDirectory, 'reports', 'example');
  const later = join(directory, 'later');
  cpSync(join(example, 'records.jsonl'), join(later, 'records.jsonl'));
  const info = JSON.parse(readFileSync(join(example, 'run.json'), 'utf8'));
  const startedAt = '2027-01-02T03:04:05.678Z';
  writeFileSync(join(later, 'run.json'), JSON.stringify({ ...info, startedAt }));
  const { index } = await writeSite(join(directory, 'site'), [example, later]);
  const links = [...readFileSync(index, 'utf8').matchAll(/<td><a href="([^"]+)"/g)];
  assert.is(links.length, 2);
  assert.match(
    readFileSync(index, 'utf8'),
    /then trixie \(debian-updates, 2027-01-02T03:04:05\.678Z, /,
  );
  assert.match(links[1]![1]!, /-20270102T030405678Z\/report\.html$/);
  for (const [, link] of links) assert.ok(existsSync(join(directory, 'site', link!)));
});

test('no name in a run leads out of the site, is hidden in it, or is too long', async ({
  directory,
}) => {
  const run = join(directory, 'run');
  const example = join(projectDirectory, 'reports', 'example');
  mkdirSync(run);
  cpSync(join(example, 'records.jsonl'), join(run, 'records.jsonl'));
  const info = JSON.parse(readFileSync(join(example, 'run.json'), 'utf8'));
  for (const [place, experiment] of ['../../evil', 'e'.repeat(300)].entries()) {
    writeFileSync(join(run, 'run.json'), JSON.stringify({ ...info, experiment }));
    const site = join(directory, `site-${place}`);
    const { index } = await writeSite(site, [run]);
    const [, link] = /href="([^"#.][^"#]*\/report\.html)"/.exec(readFileSync(index, 'utf8'))!;
    assert.ok(existsSync(join(site, decodeURIComponent(link!))));
  }
  assert.equal(readdirSync(directory).sort(), ['run', 'site-0', 'site-1']);
});

test('where no directory holds a run nothing is written', async ({ directory }) => {
  const site = join(directory, 'site');
  try {
    await writeSite(site, [directory]);
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /no run in/);
  }
  assert.not(existsSync(site));
});

test.run();
