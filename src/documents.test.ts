import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectDirectory } from './project.ts';

const test = suite('documents');

const read = (name: string): string => readFileSync(join(projectDirectory, name), 'utf8');
const markdownIn = (directory: string): string[] =>
  readdirSync(join(projectDirectory, directory))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(directory, name));
const documents = ['.', 'docs', 'bench/speed', 'datasets/linux', 'datasets/starts'].flatMap(
  markdownIn,
);

/** Anchors of headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replaceAll(/^```.*?^```/gms, '').matchAll(/^#+ (?<title>.*)$/gm);
  return new Set(
    [...headings].map(({ groups }) =>
      groups!
        ['title']!.toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('every link between documents leads to a file and a heading that are there', () => {
  const links = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(
      ({ groups }) => [document, groups!['target']!] as const,
    ),
  );
  const own = links.filter(([, target]) => !/^[a-z]+:/.test(target));
  assert.ok(own.length > 40);
  for (const [document, target] of own) {
    const [path, anchor] = target.split('#') as [string, string?];
    const file = path === '' ? document : join(dirname(document), path);
    assert.ok(existsSync(join(projectDirectory, file)), `${document}: ${target}`);
    if (anchor !== undefined) {
      assert.ok(anchorsOf(read(file)).has(anchor), `${document}: ${target}: no such heading`);
    }
  }
});

test('README has at most 120 lines, and every document of docs/ is linked from it or from one of them', () => {
  assert.ok(read('README.md').trimEnd().split('\n').length <= 120);
  const linked = documents.map(read).join('\n');
  for (const document of markdownIn('docs')) {
    const name = document.replace('docs/', '');
    assert.ok(linked.includes(`](${name}`) || linked.includes(`](docs/${name}`), document);
  }
});

test('the glossary has at most 25 terms, in order, none twice', () => {
  const rows = read('docs/glossary.md').split('\n').slice(4).filter(Boolean);
  const terms = rows.map((row) => /^\| (?<term>[^|]+) \|/.exec(row)!.groups!['term']!);
  assert.ok(terms.length > 20 && terms.length <= 25, String(terms.length));
  assert.equal(terms, [...new Set(terms)].toSorted());
});

test.run();
