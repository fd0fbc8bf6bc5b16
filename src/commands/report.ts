import { writeReport } from '../report/mod.ts';
import { checkMeasured } from '../results/read.ts';
import { type Command, EXIT, onlyPositional } from './command.ts';
import { pluginOption } from './plugins.ts';
import { shownPath } from './progress.ts';

export const reportCommand: Command = {
  name: 'report',
  summary: 'Renders report.html, charts/*.svg, summary.csv and summary.md of a run again.',
  usage: 'DIR',
  options: [pluginOption],
  examples: [['report reports/example', 'renders the example run']],
  async run(words, io) {
    const directory = onlyPositional(words, 'DIR');
    checkMeasured(directory);
    for (const path of await writeReport(directory)) {
      io.out(`${shownPath(path)}\n`);
    }
    return EXIT['fine']!;
  },
};
