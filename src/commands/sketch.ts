import { UsageError } from '../errors.ts';
import { findMember, parseSize } from '../ids.ts';
import { contextOf } from '../library.ts';
import { limits } from '../limits.ts';
import { shownPath } from '../progress.ts';
import { type Estimated, growthOf, sharedOf } from '../sketches/sketch.ts';
import { mergeSketches, readSketch, type Sketch } from '../sketches/sketch-file.ts';
import { takeSketch } from '../sketches/take-sketch.ts';
import { checkNewFile } from '../targets.ts';
import { createPool } from '../workers/pooled.ts';
import { writeNew } from '../write-whole.ts';
import {
  type Details,
  EXIT,
  type Io,
  namesIn,
  required,
  type Words,
  workerCount,
} from './command.ts';
import { refuse, surroundingsOf } from './context.ts';
import { cutOptions, readCutting } from './cut-options.ts';
import { createProgress } from './progress.ts';
import { printRows } from './rows.ts';

const DEFAULT_THRESHOLD = '1MiB';

type Action = (words: Words, files: readonly string[], io: Io) => number | Promise<number>;

const ACTIONS: readonly { readonly name: string; readonly act: Action }[] = [
  { name: 'make', act: make },
  { name: 'merge', act: merge },
  { name: 'report', act: report },
];

export const sketchCommand: Details = {
  usage:
    'make [INPUT]… --chunker ID --out FILE | merge FILE… --out FILE | report FILE [--pairs] [--json]',
  actions: namesIn(ACTIONS),
  options: [
    { name: 'out', value: 'FILE', description: 'new file for the sketch' },
    {
      name: 'threshold',
      value: 'SIZE',
      description: `bytes that a sampled chunk stands for: a higher one is a smaller sample (default ${DEFAULT_THRESHOLD})`,
    },
    { name: 'pairs', description: 'report what each two images share, not growth' },
    { name: 'json', description: 'report a JSON object a row (default: CSV)' },
    ...cutOptions,
  ],
  examples: [
    ['sketch merge one.json two.json --out both.json', 'the sketch of all images of both'],
    ['sketch report both.json', 'growth of a store: estimates with 95 % intervals'],
    ['sketch report both.json --pairs', 'what each two images share'],
  ],
  async run(words, io) {
    const [action, ...files] = words.positionals;
    if (action === undefined) {
      throw new UsageError('(make|merge|report) is missing', {}, 'give one of them');
    }
    return findMember('action', ACTIONS, action).act(words, files, io);
  },
};

async function make(words: Words, inputs: readonly string[], io: Io): Promise<number> {
  refuse(words, 'sketch make', ['pairs', 'json']);
  const out = required(words, 'out');
  checkNewFile(out);
  const threshold = words.size('threshold') ?? parseSize(DEFAULT_THRESHOLD)!;
  if (threshold < 1) throw new UsageError('--threshold is 0', {}, 'give 1 byte or more');
  const progress = createProgress(io);
  const surroundings = surroundingsOf(words, io, progress);
  const cutting = await readCutting(words, inputs, 'bench sketch make', surroundings, io);
  const pool = createPool(workerCount(words));
  try {
    const context = contextOf(cutting.dataset, surroundings);
    write(out, await takeSketch({ ...cutting, threshold }, pool, context, progress), io);
  } finally {
    await pool.close();
    progress.end();
  }
  return EXIT['fine']!;
}

function merge(words: Words, files: readonly string[], io: Io): number {
  refuse(words, 'sketch merge', ['pairs', 'json', 'threshold', 'chunker', 'serialiser', 'dataset']);
  const out = required(words, 'out');
  checkNewFile(out);
  write(out, mergeSketches(files.map(readSketch)), io);
  return EXIT['fine']!;
}

function report(words: Words, files: readonly string[], io: Io): number {
  refuse(words, 'sketch report', ['out', 'threshold', 'chunker', 'serialiser', 'dataset']);
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) {
    throw new UsageError('sketch report takes one FILE', {}, 'merge several with `sketch merge`');
  }
  const sketch = readSketch(file);
  const [columns, rows] = words.flag('pairs') ? pairsIn(sketch) : growthIn(sketch);
  printRows(io, columns, rows, words.flag('json'));
  return EXIT['fine']!;
}

type Table = readonly [columns: readonly string[], rows: readonly (readonly unknown[])[]];

function growthIn({ chunkers, threshold }: Sketch): Table {
  const columns = ['new_bytes', 'unique_bytes'].flatMap(intervalColumns);
  const rows = chunkers.flatMap(({ id, images }) =>
    [...growthOf(images, threshold)].map((row, number) => [
      id,
      row.id,
      images[number]!.streamBytes,
      ...numbersOf(row.newBytes),
      ...numbersOf(row.uniqueBytes),
    ]),
  );
  return [['chunker', 'image', 'stream_bytes', ...columns], rows];
}

function pairsIn({ chunkers, threshold }: Sketch): Table {
  const count = chunkers[0]?.images.length ?? 0;
  if (count > limits.sketchPairs) {
    const remedy = `take a sketch of at most ${limits.sketchPairs} images with --image`;
    throw new UsageError(`${count} images have too many pairs to print`, {}, remedy);
  }
  const rows = chunkers.flatMap(({ id, images }) =>
    images.flatMap((later, number) =>
      images
        .slice(0, number)
        .map((one) => [id, one.id, later.id, ...numbersOf(sharedOf(one, later, threshold))]),
    ),
  );
  return [['chunker', 'image', 'later_image', ...intervalColumns('shared_bytes')], rows];
}

function intervalColumns(name: string): readonly string[] {
  return [name, `${name}_low`, `${name}_high`];
}

/** Bytes are whole. */
function numbersOf({ value, low, high }: Estimated): readonly number[] {
  return [value, Math.floor(low), Math.ceil(high)];
}

function write(out: string, sketch: Sketch, io: Io): void {
  writeNew(out, `${JSON.stringify(sketch)}\n`);
  io.out(`${shownPath(out)}\n`);
}
