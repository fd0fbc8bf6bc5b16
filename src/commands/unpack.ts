import { unpack } from '../library.ts';
import {
  type Details,
  EXIT,
  onlyPositional,
  required,
  workerCount,
  workersOption,
} from './command.ts';
import { pluginOption } from './plugins.ts';

export const unpackCommand: Details = {
  usage: 'PACKED --out (DIR|FILE.tar)',
  options: [
    {
      name: 'out',
      value: 'PATH',
      description: 'a new directory, or a tar where the name ends in .tar',
    },
    workersOption,
    pluginOption,
  ],
  examples: [['unpack packed --out rootfs.tar', 'as one canonical tar, with nothing lost']],
  async run(words, io) {
    const input = onlyPositional(words, 'PACKED');
    const out = required(words, 'out');
    const { warnings, ...facts } = await unpack({ input, out, workers: workerCount(words) });
    for (const warning of warnings) io.err(`${warning}\n`);
    io.out(`${JSON.stringify({ ...facts, out })}\n`);
    return EXIT['fine']!;
  },
};
