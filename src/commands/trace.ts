import { resolve } from 'node:path';
import { formatBytes, plural } from '../format.ts';
import { contextOf } from '../library.ts';
import { shownPath } from '../progress.ts';
import { checkNewDirectory } from '../targets.ts';
import { writeTrace } from '../traces/write-trace.ts';
import { createPool } from '../workers/pooled.ts';
import { type Details, EXIT, required, workerCount } from './command.ts';
import { surroundingsOf } from './context.ts';
import { cutOptions, readCutting } from './cut-options.ts';
import { createProgress } from './progress.ts';

export const traceCommand: Details = {
  usage: '[INPUT]… --chunker ID --out DIR',
  options: [
    { name: 'out', value: 'DIR', description: 'new directory for the tables' },
    ...cutOptions,
  ],
  examples: [
    [
      "trace v1.tar v2.tar --chunker whole --chunker 'fastcdc:avg=4KiB..64KiB' --out trace",
      'whole files and five chunk sizes of two images',
    ],
  ],
  async run(words, io) {
    const directory = resolve(required(words, 'out'));
    checkNewDirectory(directory);
    const progress = createProgress(io);
    const surroundings = surroundingsOf(words, io, progress);
    const plan = await readCutting(words, words.positionals, 'bench trace', surroundings, io);
    const pool = createPool(workerCount(words));
    try {
      const context = contextOf(plan.dataset, surroundings);
      const { chunks, streamBytes } = await writeTrace(plan, directory, pool, context, progress);
      progress.note(`${plural(chunks, 'chunk')} of ${formatBytes(streamBytes)}`);
    } finally {
      await pool.close();
      progress.end();
    }
    io.out(`${shownPath(directory)}\n`);
    return EXIT['fine']!;
  },
};
