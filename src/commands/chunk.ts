import { chunkRecords } from '../chunkers/chunk-file.ts';
import { isCutByReference } from '../chunkers/chunker.ts';
import { createChunker } from '../chunkers/mod.ts';
import { UsageError } from '../errors.ts';
import { expandGrid, findMember } from '../ids.ts';
import { chunkStatistics } from '../packers/inventory.ts';
import { divide } from '../stats/mod.ts';
import { FileSource } from '../streams/source.ts';
import { type Details, EXIT, type Io, required } from './command.ts';
import { pluginOption } from './plugins.ts';

const DIGESTS = [{ name: 'sha256' }, { name: 'xxh128' }, { name: 'none' }] as const;
const FORMATS = [{ name: 'jsonl' }];
/** Name for standard input. */
const STDIN = '-';
/** Milliseconds: a shorter time is mostly that of a first call, in which the runtime loads and compiles the chunker. */
const SHORTEST_MS = 100;
/** Text is written in pieces of about this many characters. */
const PIECE = 1 << 16;

export const chunkCommand: Details = {
  usage: 'FILE… --chunker ID',
  options: [
    {
      name: 'chunker',
      value: 'ID',
      multiple: true,
      description: 'such as fastcdc:avg=64KiB or fastcdc:avg=4KiB..1MiB (see bench list chunkers)',
    },
    { name: 'digest', value: 'NAME', description: 'sha256 (default), xxh128 or none' },
    { name: 'format', value: 'NAME', description: 'jsonl (default)' },
    {
      name: 'stats',
      description:
        'one line a chunker: actual mean, percentiles, share at the longest length, MB/s (of 0.1 s or more)',
    },
    pluginOption,
  ],
  examples: [
    ['chunk layer.tar --chunker fastcdc:avg=64KiB', 'cut points and digests of a layer'],
    ['chunk - --chunker fixed:size=4KiB --digest none < layer.tar', 'cut points of standard input'],
    ["chunk *.tar --chunker 'fastcdc:avg=4KiB..1MiB' --stats", 'what nine averages really give'],
  ],
  async run(words, io) {
    required(words, 'chunker');
    const chunkers = words.texts('chunker').flatMap((text) => expandGrid(text));
    for (const chunker of chunkers) createChunker(chunker);
    const files = words.positionals;
    if (files.length === 0) throw new UsageError('FILE is missing', {}, `give files, or ${STDIN}`);
    const isTwice = files.includes(STDIN) && (files.length > 1 || chunkers.length > 1);
    if (isTwice) throw new UsageError('standard input can be read once', {}, 'give one chunker');
    const digest = findMember('digest', DIGESTS, words.text('digest') ?? 'sha256').name;
    findMember('format', FORMATS, words.text('format') ?? 'jsonl');
    if (words.flag('stats')) {
      const useless = ['digest', 'format'].find((name) => words.text(name) !== undefined);
      if (useless) {
        throw new UsageError(
          `--${useless} has no effect with --stats`,
          {},
          'leave one of them out',
        );
      }
      for (const chunker of chunkers) await printStatistics(io, chunker, files);
    } else {
      for (const chunker of chunkers) {
        for (const file of files) {
          const named = {
            ...(chunkers.length > 1 ? { chunker } : {}),
            ...(files.length > 1 ? { file } : {}),
          };
          await printChunks(io, chunker, file, digest, named);
        }
      }
    }
    return EXIT['fine']!;
  },
};

type Input = FileSource | AsyncIterable<Uint8Array>;

function open(io: Io, file: string): Input {
  return file === STDIN ? io.input() : new FileSource(file);
}

async function printChunks(
  io: Io,
  chunker: string,
  file: string,
  digest: (typeof DIGESTS)[number]['name'],
  named: object,
): Promise<void> {
  let lines = '';
  for await (const record of chunkRecords(chunker, open(io, file), digest)) {
    lines += `${JSON.stringify({ ...named, ...record })}\n`;
    if (lines.length < PIECE) continue;
    io.out(lines);
    lines = '';
  }
  io.out(lines);
}

/** Time covers reading and cutting, no digest. */
async function printStatistics(io: Io, id: string, files: readonly string[]): Promise<void> {
  const chunker = createChunker(id);
  const lengths: number[] = [];
  const start = performance.now();
  for (const file of files) {
    const input = open(io, file);
    if (input instanceof FileSource) {
      for (const length of chunker.lengths(input)) lengths.push(length);
    } else {
      for await (const { length } of chunkRecords(id, input, 'none')) lengths.push(length);
    }
  }
  const ms = performance.now() - start;
  const longest = chunker.algorithm?.longest ?? Number.POSITIVE_INFINITY;
  const statistics = chunkStatistics(
    Float64Array.from(lengths),
    Number.isFinite(longest) ? longest : undefined,
  );
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  const cutBy = chunker.algorithm && isCutByReference(chunker.algorithm) && { cutBy: 'reference' };
  // Of no bytes there is no rate, as there is no mean of no chunks, and below this none that is the chunker's: such keys are left out.
  const rate = bytes === 0 || ms < SHORTEST_MS ? undefined : divide(bytes / 1000, ms);
  const megabytesPerSecond = rate === undefined ? undefined : Math.round(rate);
  const line = { chunker: chunker.id, ...cutBy, bytes, ...statistics, megabytesPerSecond };
  io.out(`${JSON.stringify(line)}\n`);
}
