import { relative } from 'node:path';
import { writeReport } from '../report/mod.ts';
import { checkMeasured } from '../results/read.ts';
import { type Details, EXIT, onlyPositional } from './command.ts';
import { noteTo } from './inputs.ts';
import { pluginOption } from './plugins.ts';

export const reportCommand: Details = {
  usage: 'DIR',
  options: [pluginOption],
  examples: [['report reports/example', 'renders the example run']],
  async run(words, io) {
    const directory = onlyPositional(words, 'DIR');
    checkMeasured(directory);
    for (const path of await writeReport(directory, noteTo(io))) {
      io.out(`${relative('.', path)}\n`);
    }
    return EXIT['fine']!;
  },
};
