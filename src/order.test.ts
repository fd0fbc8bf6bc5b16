import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectDirectory } from './project.ts';

/** An import points to the left in this list, or stays in its folder. See ARCHITECTURE.md. */
const ORDER: readonly string[] = [
  // Used everywhere, know nothing of the pipeline.
  'limits.ts',
  'listed.ts',
  'method.ts',
  'project.ts',
  'progress.ts',
  'errors.ts',
  'json.ts',
  'plugin-files.ts',
  'family.ts',
  'ids.ts',
  'grids.ts',
  'clock.ts',
  'processes.ts',
  'claims.ts',
  'make-directories.ts',
  'new-directory.ts',
  'write-whole.ts',
  'targets.ts',
  'output.ts',
  'locks.ts',
  'scratch.ts',
  'stats',
  // The pipeline.
  'streams',
  'kernels',
  'trees',
  'codecs',
  'images',
  'chunkers',
  'objects',
  'serialisers',
  'packers',
  'fetchers',
  'models',
  'links',
  'workers',
  'accounting',
  'datasets',
  'measures',
  'format.ts',
  'results',
  'verdicts',
  'plan.ts',
  'runs',
  'attribution',
  'traces',
  'sketches',
  'access',
  'estimate.ts',
  'pipeline.ts',
  'report',
  'explore',
  'plugins',
  'members.ts',
  'library.ts',
  'sharded.ts',
  'comparison',
  'mod.ts',
  'bench',
  'commands',
  'supervisor.ts',
  'verb-thread.ts',
  'cli.ts',
];

/** Where threads and processes begin: each runs whatever it is asked for. */
const ENTRIES = /(^|\/)(tasks|worker|handed|.*-child|.*-worker|write-schema|build)\.ts$/;

function codeIn(folder: string): readonly string[] {
  const root = join(projectDirectory, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing\//.test(name))
    .map((name) => join(folder, name));
}

/** The place in the order: a folder of src, a file beside them, or bench. */
function placeOf(path: string): string {
  const [top, next] = path.split('/');
  return top === 'bench' ? 'bench' : next!;
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(projectDirectory, file), 'utf8');
  return [...text.matchAll(/(?:from|import|import\()\s*'(\.{1,2}\/[^']+)'/g)].map(([, path]) =>
    normalize(join(dirname(file), path!)),
  );
}

const files = [...codeIn('src'), ...codeIn('bench')];

test('every place is in the order', () => {
  const places = new Set(files.map(placeOf));
  assert.equal([...places].filter((place) => !ORDER.includes(place)).sort(), []);
  assert.ok(files.length > 300);
});

test('imports point to the left', () => {
  const wrong = files
    .filter((file) => !ENTRIES.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter((target) => {
          const place = ORDER.indexOf(placeOf(target));
          return place < 0 || place > ORDER.indexOf(placeOf(file));
        })
        .map((target) => `${relative('src', file)} → ${relative('src', target)}`),
    );
  assert.equal(wrong, []);
});

test.run();
