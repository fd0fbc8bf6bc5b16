import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { adHocDataset, fetchImage } from '../../src/datasets/mod.ts';
import { PluginError, UsageError } from '../../src/errors.ts';
import { Cache } from '../../src/images/cache.ts';
import { openImage } from '../../src/images/open.ts';
import { openArtefact, packArtefact } from '../../src/models/artefact.ts';
import { createModel } from '../../src/models/mod.ts';
import { writeOutput } from '../../src/output.ts';
import { readManifest } from '../../src/packers/manifest.ts';
import { describeEnvironment } from '../../src/results/environment.ts';
import { busyReason, MachineWatch } from '../../src/results/machine.ts';
import { defined, divide, intervalName, intervalOf, median } from '../../src/stats/mod.ts';
import { readAll } from '../../src/streams/source.ts';
import { withExecutor } from '../../src/workers/pooled.ts';
import { fixed } from '../verdict.ts';

/**
 * A directory as a chunk store: `casync make --store` beside the preset `casync`, with the same chunks, digest and zstd level,
 * in turns. Ours starts from the image as `bench` keeps it; what it took to get there is printed beside. Run as root on files
 * that were just read; TMPDIR says where the stores go.
 *
 *     node dist/bench/speed/pack.js DIRECTORY [ROUNDS]
 */

const METADATA = ['32bit-uids', 'nsec-time', 'permissions', 'symlinks', 'device-nodes', 'fifos'];
const FEATURES = [...METADATA, 'xattrs', 'fcaps'].map((feature) => `--with=${feature}`);
const MAKE = ['make', '--digest=sha256', '--compression=zstd', '--exclude-nodump=no'];

interface Round {
  /** Wall clock: ms. */
  readonly casync: number;
  readonly ours: number;
}

const [directory, rounds = '3'] = process.argv.slice(2);
if (directory === undefined || !existsSync(directory)) {
  throw new UsageError(
    'no directory to pack',
    {},
    'node dist/bench/speed/pack.js DIRECTORY [ROUNDS]',
  );
}
const work = mkdtempSync(join(tmpdir(), 'ocibench-pack-'));
try {
  await compare(resolve(directory), Number(rounds));
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function compare(source: string, count: number): Promise<void> {
  // A tar has what JavaScript cannot read from a directory: nanoseconds, extended attributes.
  const tar = join(work, 'tree.tar');
  const flags = ['--format=pax', '--xattrs', '--xattrs-include=*'];
  execFileSync('tar', [...flags, '-cf', tar, '-C', source, '.']);
  const start = performance.now();
  const dataset = await adHocDataset(tar);
  const image = await fetchImage(dataset, dataset.images[0]!.id, {
    cache: new Cache(join(work, 'cache')),
    insecureRegistries: [],
    fetch: globalThis.fetch,
    baseDirectory: work,
    progress: () => {},
  });
  const verified = performance.now() - start;
  const done: Round[] = [];
  const environment = describeEnvironment();
  const watch = new MachineWatch(availableParallelism());
  let streamBytes = 0;
  for (let number = 0; number < count; number++) {
    watch.count(watch.check());
    const casync = timeCasync(source);
    const begin = performance.now();
    streamBytes = await pack(image);
    done.push({ casync, ours: performance.now() - begin });
    compareIndexes();
  }
  const spread = (samples: readonly number[], digits: number): string => {
    const [middle, ends] = [median(samples), intervalOf(samples)];
    return `${fixed(middle, digits)} (${fixed(ends?.low, digits)} to ${fixed(ends?.high, digits)})`;
  };
  const row = (name: string, tool: keyof Round): string => {
    const times = done.map((round) => round[tool] / 1000);
    const rates = defined(times.map((seconds) => divide(streamBytes / 1e6, seconds)));
    return `| ${name} | ${spread(times, 2)} s | ${spread(rates, 0)} MB/s |`;
  };
  const gains = defined(done.map((round) => divide(round.casync, round.ours)));
  const checks = watch.checks();
  const reason = busyReason({ ...environment, ...(checks ? { checks } : {}) });
  const gain = reason === undefined ? `ratio ${spread(gains, 2)}` : `no ratio: ${reason}`;
  writeOutput(
    [
      `${streamBytes} bytes of catar, medians of ${count} rounds in turns (${intervalName(count)}), equal indexes in each:`,
      '',
      '| | wall clock | of the stream |',
      '|---|--:|--:|',
      row('casync make --store', 'casync'),
      row(`ocibench, Node ${process.versions.node}, ${availableParallelism()} threads`, 'ours'),
      '',
      `${gain}; before: its tar into the verified cache, ${fixed(verified / 1000, 2)} s, once`,
      '',
    ].join('\n'),
  );
}

function timeCasync(source: string): number {
  const store = join(work, 'theirs');
  rmSync(store, { recursive: true, force: true });
  const start = performance.now();
  const files = [`--store=${store}`, join(work, 'theirs.caidx'), source];
  execFileSync('casync', [...MAKE, '--exclude-file=no', ...FEATURES, ...files], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return performance.now() - start;
}

/** Returns the length of the stream: bytes. */
async function pack(image: Parameters<typeof openImage>[0]): Promise<number> {
  const out = join(work, 'ours');
  rmSync(out, { recursive: true, force: true });
  const model = await createModel('casync');
  const { streamBytes } = await withExecutor(availableParallelism(), async (executor) => {
    return packArtefact(model, openImage(image), out, executor);
  });
  return streamBytes;
}

/** The index names every chunk with its place: where its bytes are the same, so are all chunks. */
function compareIndexes(): void {
  const { manifest, store } = openArtefact(join(work, 'ours'));
  const ours = Buffer.from(readAll(store.blob(readManifest(manifest).layers[0]!.digest)));
  if (!ours.equals(readFileSync(join(work, 'theirs.caidx')))) {
    throw new PluginError('the two indexes differ', {}, 'the figures would not compare');
  }
}
