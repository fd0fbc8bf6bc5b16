import { chunkRecords } from '../chunkers/chunk-file.ts';
import { type Chunker, isCutByReference } from '../chunkers/chunker.ts';
import { createChunker, lengthsOfMany } from '../chunkers/mod.ts';
import { groupsOf } from '../chunkers/sweep.ts';
import { UsageError } from '../errors.ts';
import { resolveGrid } from '../grids.ts';
import { findMember } from '../ids.ts';
import { chunkStatistics } from '../packers/inventory.ts';
import { divide } from '../stats/mod.ts';
import { FileSource } from '../streams/source.ts';
import { type Details, EXIT, type Io, namesIn, required } from './command.ts';
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
    {
      name: 'digest',
      value: 'NAME',
      choices: namesIn(DIGESTS),
      description: 'sha256 (default), xxh128 or none',
    },
    {
      name: 'format',
      value: 'NAME',
      choices: namesIn(FORMATS),
      description: 'jsonl (default)',
    },
    {
      name: 'stats',
      description:
        'one line a chunker: actual mean, percentiles, share at the longest length, MB/s (of 0.1 s or more, and where no other set has its hash)',
    },
    pluginOption,
  ],
  examples: [
    ['chunk - --chunker fixed:size=4KiB --digest none < layer.tar', 'cut points of standard input'],
    ["chunk *.tar --chunker 'fastcdc:avg=4KiB..1MiB' --stats", 'what nine averages really give'],
  ],
  async run(words, io) {
    required(words, 'chunker');
    const chunkers = words.texts('chunker').flatMap((text) => resolveGrid(text, checked));
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
      await printStatistics(io, chunkers, files);
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

/** The id as it was written. */
function checked(id: string): string {
  createChunker(id);
  return id;
}

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

/** Sets of one hash are cut in one pass over each file. The rate of others is that of reading and cutting, no digest. */
async function printStatistics(
  io: Io,
  ids: readonly string[],
  files: readonly string[],
): Promise<void> {
  const chunkers = ids.map((id) => createChunker(id));
  const swept = files.includes(STDIN)
    ? []
    : groupsOf(chunkers).flatMap(({ members }) => members.map(({ index }) => index));
  const sets = swept.map((index) => chunkers[index]!);
  const cut = sets.length > 0 ? files.map((file) => lengthsOfMany(sets, new FileSource(file))) : [];
  for (const [index, chunker] of chunkers.entries()) {
    const set = swept.indexOf(index);
    if (set >= 0) {
      printLine(
        io,
        chunker,
        cut.map((lengths) => lengths[set]!),
      );
      continue;
    }
    const start = performance.now();
    const lengths: Float64Array[] = [];
    for (const file of files) lengths.push(await lengthsIn(open(io, file), chunker));
    printLine(io, chunker, lengths, performance.now() - start);
  }
}

async function lengthsIn(input: Input, chunker: Chunker): Promise<Float64Array> {
  if (input instanceof FileSource) return chunker.lengths(input);
  const lengths: number[] = [];
  for await (const { length } of chunkRecords(chunker.id, input, 'none')) lengths.push(length);
  return Float64Array.from(lengths);
}

/** @param ms that it took to cut, where the chunker was cut by alone */
function printLine(
  io: Io,
  { id, algorithm }: Chunker,
  parts: readonly Float64Array[],
  ms = 0,
): void {
  const lengths = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let count = 0;
  for (const part of parts) {
    lengths.set(part, count);
    count += part.length;
  }
  const longest = algorithm?.longest ?? Number.POSITIVE_INFINITY;
  const statistics = chunkStatistics(lengths, Number.isFinite(longest) ? longest : undefined);
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  const cutBy = algorithm && isCutByReference(algorithm) && { cutBy: 'reference' };
  // Of no bytes there is no rate, as there is no mean of no chunks, and below this none that is the chunker's: such keys are left out.
  const rate = bytes === 0 || ms < SHORTEST_MS ? undefined : divide(bytes / 1000, ms);
  const megabytesPerSecond = rate === undefined ? undefined : Math.round(rate);
  const line = { chunker: id, ...cutBy, bytes, ...statistics, megabytesPerSecond };
  io.out(`${JSON.stringify(line)}\n`);
}
