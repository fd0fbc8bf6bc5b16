import { UsageError } from '../errors.ts';
import { findMember } from '../ids.ts';
import { Cache } from '../images/cache.ts';
import { cacheSize, checkCache, collectGarbage, usersElsewhere } from '../images/upkeep.ts';
import { type Details, EXIT, type Io, namesIn, onlyPositional, type Words } from './command.ts';
import { CACHE_SIZE, datasetOptions } from './context.ts';
import { createProgress } from './progress.ts';

type Action = (cache: Cache, words: Words, io: Io) => number | Promise<number>;

const ACTIONS: readonly { readonly name: string; readonly act: Action }[] = [
  { name: 'check', act: check },
  { name: 'gc', act: gc },
  { name: 'size', act: size },
];

export const cacheCommand: Details = {
  usage: '(check|gc|size)',
  actions: namesIn(ACTIONS),
  options: [
    {
      name: 'max-size',
      value: 'SIZE',
      description: `gc: remove the blobs not used for longest until the rest is no larger than this (default: ${CACHE_SIZE})`,
    },
    ...datasetOptions.filter(({ name }) => name === 'cache'),
  ],
  examples: [
    ['cache check', 'removes and names damaged blobs; the next run fetches them anew'],
    ['cache gc --max-size 20GiB', 'what a running run has used is kept'],
  ],
  async run(words, io) {
    const { name, act } = findMember('action', ACTIONS, onlyPositional(words, '(check|gc|size)'));
    if (name !== 'gc' && words.text('max-size') !== undefined) {
      throw new UsageError('--max-size is for `cache gc`', {}, 'leave it out');
    }
    return act(new Cache(words.text('cache')), words, io);
  },
};

async function check(cache: Cache, _words: Words, io: Io): Promise<number> {
  const progress = createProgress(io);
  const damaged = await checkCache(cache, (done, total) => progress.busy(`${done}/${total} blobs`));
  progress.end();
  for (const { path, bytes } of damaged) io.out(`damaged, removed\t${path}\t${bytes} bytes\n`);
  io.out(`${damaged.length} of the blobs were damaged\n`);
  return damaged.length === 0 ? EXIT['fine']! : EXIT['different']!;
}

function gc(cache: Cache, words: Words, io: Io): number {
  const maximum = words.size('max-size', CACHE_SIZE);
  const { files, bytes } = collectGarbage(cache, maximum);
  io.out(`removed ${files} files, ${bytes} bytes\n`);
  const { blobs, cells } = cacheSize(cache);
  const left = blobs.bytes + cells.bytes;
  if (maximum !== undefined && left > maximum) {
    io.err(`${left} bytes are left: runs that still go on use them\n`);
    for (const path of usersElsewhere(cache)) {
      io.err(`another host or container uses the cache; where it does no more, remove ${path}\n`);
    }
    return EXIT['different']!;
  }
  return EXIT['fine']!;
}

function size(cache: Cache, _words: Words, io: Io): number {
  for (const [name, { files, bytes }] of Object.entries(cacheSize(cache))) {
    io.out(`${name}\t${files} files\t${bytes} bytes\n`);
  }
  io.out(`${cache.root}\n`);
  return EXIT['fine']!;
}
