import { shownPath } from '../progress.ts';
import { writeReport } from '../report/mod.ts';
import { checkMeasured } from '../results/read.ts';
import { type Details, EXIT, onlyPositional } from './command.ts';
import { noteTo } from './inputs.ts';
import { pluginOption } from './plugins.ts';

export const reportCommand: Details = {
  usage: 'DIR',
  options: [pluginOption],
  examples: [],
  async run(words, io) {
    const directory = onlyPositional(words, 'DIR');
    checkMeasured(directory);
    for (const path of await writeReport(directory, noteTo(io))) {
      io.out(`${shownPath(path)}\n`);
    }
    return EXIT['fine']!;
  },
};
