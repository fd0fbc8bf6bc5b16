import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../../project.ts';
import { absent, type Lack, lackOf } from '../needs.ts';

/** Collections of odd archives that other projects test their readers with, as files of distribution packages. */
export interface Corpus {
  readonly name: string;
  /** Where it may lie; all that are there are read. */
  readonly places: readonly string[];
  /** Debian's package. */
  readonly package: string;
}

export const goCorpus: Corpus = {
  name: "Go's archive/tar",
  places: [
    '/usr/share/go-1.19/src/archive/tar/testdata',
    // A few more, where a newer Go is installed.
    '/usr/local/go/src/archive/tar/testdata',
  ],
  package: 'golang-1.19-src',
};

export const pythonCorpus: Corpus = {
  name: "CPython's testtar.tar",
  places: ['/usr/lib/python3.11/test/testtar.tar'],
  package: 'libpython3.11-testsuite',
};

export interface CorpusArchive {
  /** Without `.base64` and `.bz2`. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** undefined where the corpus is there, and what it takes to read it. */
export function lackOfCorpus({ name, places, package: source }: Corpus): Lack | undefined {
  const is = existsSync(places[0]!);
  return (
    lackOf('bzip2') ?? (is ? undefined : absent(`${name} is not there: apt-get install ${source}`))
  );
}

/** Each archive once. */
export function readCorpus(corpus: Corpus): readonly CorpusArchive[] {
  const archives = new Map<string, CorpusArchive>();
  for (const place of corpus.places.filter((one) => existsSync(one))) {
    const paths = place.endsWith('.tar')
      ? [place]
      : readdirSync(place).map((one) => join(place, one));
    for (const path of paths.sort()) {
      const archive = readArchive(path);
      if (archive && !archives.has(archive.file)) archives.set(archive.file, archive);
    }
  }
  return [...archives.values()];
}

/** undefined for what is no archive. */
function readArchive(path: string): CorpusArchive | undefined {
  const [, file, isCompressed, isText] = /([^/]+\.tar)(\.bz2)?(\.base64)?$/.exec(path) ?? [];
  if (file === undefined) return undefined;
  const stored = readFileSync(path);
  const bytes = isText ? Buffer.from(stored.toString('latin1'), 'base64') : stored;
  if (!isCompressed) return { file, bytes };
  return {
    file,
    bytes: spawnSync('bzip2', ['-dc'], { input: bytes, maxBuffer: 1 << 27 }).stdout,
  };
}

/** A member as Go's archive/tar gives it. */
export interface GoEntry {
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  readonly groupName: string;
  readonly mtime: string;
  readonly linkTarget: string;
  readonly major: number;
  readonly minor: number;
  readonly size: number;
  readonly xattrs: Readonly<Record<string, string>>;
  /** Of the content; '' where it was not read. */
  readonly sha256: string;
}

export interface GoVerdict {
  readonly file: string;
  /** Of the archive. */
  readonly sha256: string;
  readonly entries: readonly GoEntry[];
  /** '' where Go read it to its end. */
  readonly error: string;
}

/** What go-tar.go, beside it, made of both corpora. */
export function goVerdicts(): ReadonlyMap<string, GoVerdict> {
  const path = join(projectDirectory, 'src/testing/corpora/go-tar.jsonl');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const verdicts = lines.map((line) => JSON.parse(line) as GoVerdict);
  return new Map(verdicts.map((verdict) => [verdict.file, verdict]));
}
