import { chunkRecords } from '../chunkers/chunk-file.ts';
import { UsageError } from '../errors.ts';
import { expandGrid, findMember } from '../ids.ts';
import { FileSource } from '../streams/source.ts';
import { type Command, EXIT, onlyPositional, required } from './command.ts';

const DIGESTS = [{ name: 'sha256' }, { name: 'xxh128' }, { name: 'none' }] as const;
const FORMATS = [{ name: 'jsonl' }];

export const chunkCommand: Command = {
  name: 'chunk',
  summary: 'Cuts a file and prints one chunk a line: offset, length, digest.',
  usage: 'FILE --chunker ID',
  options: [
    {
      name: 'chunker',
      value: 'ID',
      description: 'such as fastcdc:avg=64KiB (see bench list chunkers)',
    },
    { name: 'digest', value: 'NAME', description: 'sha256 (default), xxh128 or none' },
    { name: 'format', value: 'NAME', description: 'jsonl (default)' },
  ],
  examples: [
    ['chunk layer.tar --chunker fastcdc:avg=64KiB', 'cut points and digests of a layer'],
    ['chunk layer.tar --chunker fixed:size=4KiB --digest none', 'cut points alone'],
  ],
  async run(words, io) {
    const source = new FileSource(onlyPositional(words, 'FILE'));
    const [chunker = '', ...more] = expandGrid(required(words, 'chunker'));
    if (more.length > 0) {
      throw new UsageError('--chunker is a grid', {}, 'one list is printed: give one id');
    }
    const digest = findMember('digest', DIGESTS, words.text('digest') ?? 'sha256').name;
    findMember('format', FORMATS, words.text('format') ?? 'jsonl');
    let lines = '';
    for await (const record of chunkRecords(chunker, source, digest)) {
      lines += `${JSON.stringify(record)}\n`;
      if (lines.length < 1 << 16) continue;
      io.out(lines);
      lines = '';
    }
    io.out(lines);
    return EXIT['fine']!;
  },
};
