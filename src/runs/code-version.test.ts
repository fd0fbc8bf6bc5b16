import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import * as assert from 'uvu/assert';
import { projectDirectory } from '../project.ts';
import { directorySuite } from '../testing/directory.ts';
import {
  BESIDE_PACKING,
  codeIn,
  codeVersion,
  digestOf,
  packingCodeIn,
  packingVersion,
} from './code-version.ts';

const test = directorySuite('what kept cells depend on');

const FILES = [
  'src/chunkers/fastcdc.ts',
  'src/codecs/zstd.ts',
  'src/models/presets.ts',
  'src/objects/work.ts',
  'src/packers/packs.ts',
  'src/serialisers/catar-writer.ts',
  'src/workers/tasks.ts',
  'src/errors.ts',
  'src/report/page-style.ts',
  'src/commands/claims.ts',
  'src/cli.ts',
  'src/chunkers/fastcdc.test.ts',
  'src/testing/trees.ts',
  'bench/claims/mod.ts',
];

function versionsIn(root: string): readonly [packing: string, all: string] {
  return [digestOf(root, packingCodeIn(root)), digestOf(root, codeIn(root))];
}

test('an edit of what packs is another version of both, one of reports or claims leaves cells valid', ({
  directory,
}) => {
  for (const file of FILES) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), 'one');
  }
  const packs = FILES.slice(0, 8);
  const tests = FILES.slice(11, 13);
  for (const file of FILES) {
    const [packing, all] = versionsIn(directory);
    writeFileSync(join(directory, file), `${readFileSync(join(directory, file), 'utf8')} more`);
    const [otherPacking, otherAll] = versionsIn(directory);
    assert.is(packing !== otherPacking, packs.includes(file), `cells, ${file}`);
    assert.is(all !== otherAll, !tests.includes(file), `figures, ${file}`);
  }
  const [packing] = versionsIn(directory);
  writeFileSync(join(directory, 'src/chunkers/new.ts'), '');
  assert.is.not(versionsIn(directory)[0], packing, 'a file more');
});

/** Where the work begins whose results are kept; threads import it when they are asked for it. */
const BEGUN = [
  'src/models/cell.ts',
  'src/measures/contents.ts',
  'src/models/mod.ts',
  'src/runs/cell-store.ts',
  'src/runs/packed-series.ts',
  'src/runs/swept-series.ts',
  'src/workers/child.ts',
  'src/workers/pooled.ts',
];

test('nothing that packing imports, at once or later, is left out of its version', () => {
  const known = new Set<string>();
  const visit = (file: string): void => {
    // Plug-ins are of every family: what packs by one has its digest in the id of the model.
    if (known.has(file) || file.startsWith('src/plugins/')) return;
    known.add(file);
    const text = readFileSync(join(projectDirectory, file), 'utf8');
    const named = text.matchAll(/(?:from|import|import\()\s*'(\.{1,2}\/[^']+)'/g);
    for (const [, path] of named) visit(normalize(join(dirname(file), path!)));
  };
  for (const file of BEGUN) visit(file);
  assert.ok(known.size > 200, String(known.size));
  const packing = new Set(packingCodeIn(projectDirectory));
  const lost = [...known].filter((file) => file.endsWith('.ts') && !packing.has(file));
  assert.equal(lost, []);
});

test('what is left out is there by name, and versions differ', () => {
  const places = readdirSync(join(projectDirectory, 'src')).map((name) =>
    name.replace(/\.ts$/, ''),
  );
  for (const place of BESIDE_PACKING) assert.ok(places.includes(place), place);
  assert.match(packingVersion(), /^[0-9a-f]{64}$/);
  assert.is.not(packingVersion(), codeVersion());
});

test.run();
