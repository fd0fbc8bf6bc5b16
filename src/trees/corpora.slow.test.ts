import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../errors.ts';
import { MemorySource } from '../streams/source.ts';
import {
  type CorpusArchive,
  goCorpus,
  goVerdicts,
  lackOfCorpus,
  pythonCorpus,
  readCorpus,
} from '../testing/corpora/corpora.ts';
import { differences } from '../testing/corpora/differences.ts';
import {
  differencesByPath,
  type Facts,
  factDifferences,
  goFacts,
  MOST_CONTENT,
  ourFacts,
} from '../testing/corpora/facts.ts';
import { bsdtar, gnuTar, python, type Reader } from '../testing/corpora/readers.ts';
import { absent, hasAll, type Lack, lackOf } from '../testing/needs.ts';
import { readTar } from './tar.ts';

/** Whole corpora of other projects, member by member and by content, beside what other readers make of them. */

/** undefined where it is refused. */
function ours({ bytes }: CorpusArchive): readonly Facts[] | undefined {
  const source = new MemorySource(bytes);
  try {
    return readTar(source).entries.map((entry) => ourFacts(entry, source));
  } catch (error) {
    assert.instance(error, InputError);
    return undefined;
  }
}

function compare(
  file: string,
  own: readonly Facts[] | undefined,
  theirs: readonly Facts[] | undefined,
  differ: typeof factDifferences = factDifferences,
): readonly string[] {
  if (own && theirs) return differ(file, own, theirs);
  if (!own && !theirs) return [];
  return [own ? `${file}: read | refused` : `${file}: refused | read`];
}

const fileOf = (line: string): string => /^[^ :]+/.exec(line)![0];

/** Each difference is on the list, and each on the list is one. */
function holdAgainstList(
  reader: string,
  files: ReadonlySet<string>,
  found: readonly string[],
): void {
  const listed = (differences[reader] ?? []).flatMap(({ lines }) => lines);
  const expected = listed.filter((line) => files.has(fileOf(line)));
  assert.equal([...found].sort(), [...expected].sort(), reader);
}

const filesOf = (archives: readonly CorpusArchive[]): ReadonlySet<string> =>
  new Set(archives.map(({ file }) => file));

for (const corpus of [goCorpus, pythonCorpus]) {
  test(`${corpus.name} is read as Go reads it`, () => {
    if (!hasAll(lackOfCorpus(corpus))) return;
    const archives = readCorpus(corpus);
    const verdicts = goVerdicts();
    const found = archives.flatMap((archive) => {
      const { file, bytes } = archive;
      const verdict = verdicts.get(file);
      assert.ok(verdict, `${file} has no verdict: run go-tar.go again`);
      assert.is(createHash('sha256').update(bytes).digest('hex'), verdict.sha256, file);
      // Go gives global headers as if they were members.
      const members = verdict.entries.filter(({ type }) => type !== 'g');
      return compare(file, ours(archive), verdict.error === '' ? members.map(goFacts) : undefined);
    });
    holdAgainstList('Go', filesOf(archives), found);
  });

  for (const reader of [gnuTar, bsdtar, python]) {
    test(`${corpus.name} is read as ${reader.name} reads it, where it does`, () => {
      if (!hasAll(lackOfCorpus(corpus), lackOfReader(reader))) return;
      const small = readCorpus(corpus).filter(({ bytes }) => bytes.length <= MOST_ARCHIVE);
      holdAgainstList(reader.name, filesOf(small), besideReader(reader, small));
    });
  }
}

/** Bombs are for Go alone: Python takes a minute for one of 40 MB. */
const MOST_ARCHIVE = 8 << 20;

function besideReader(reader: Reader, archives: readonly CorpusArchive[]): readonly string[] {
  const own = archives.map(ours);
  const theirs = reader.read(
    archives.map(({ bytes }, index) => ({
      bytes,
      hasHuge: own[index]?.some((facts) => Number(facts['size']) > MOST_CONTENT) ?? true,
    })),
  );
  assert.is(theirs.length, archives.length);
  const differ = reader.isByPath ? differencesByPath : factDifferences;
  return archives.flatMap(({ file }, index) =>
    theirs[index] ? compare(file, own[index], theirs[index], differ) : [],
  );
}

/** The list of differences is of one version; in CI that is the one. */
function lackOfReader({ name, program, version }: Reader): Lack | undefined {
  const lack = lackOf(program);
  if (lack) return lack;
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return version.test(stdout) ? undefined : absent(`${name} ${version} is not installed`);
}

test('both corpora have what makes reading hard', () => {
  if (!hasAll(lackOfCorpus(goCorpus), lackOfCorpus(pythonCorpus))) return;
  const archives = readCorpus(goCorpus);
  assert.ok(archives.length >= 43, `${archives.length} archives of Go`);
  const files = [...goVerdicts().keys()];
  for (const line of Object.values(differences).flatMap((list) =>
    list.flatMap(({ lines }) => lines),
  )) {
    assert.ok(files.includes(fileOf(line)), `no archive has this difference: ${line}`);
  }
  const members = ours(readCorpus(pythonCorpus)[0]!)!;
  assert.is(members.length, 39);
  const sparse = members.filter(({ path }) => path!.startsWith('gnu/sparse'));
  assert.is(sparse.length, 4);
  assert.is(new Set(sparse.map(({ content }) => content)).size, 1);
});

test.run();
