import { findMember } from '../ids.ts';
import { exportRun } from '../report/export.ts';
import { checkMeasured } from '../results/read.ts';
import { type Details, EXIT, onlyPositional } from './command.ts';
import { noteTo } from './inputs.ts';
import { pluginOption } from './plugins.ts';

const FORMATS = [{ name: 'csv' }, { name: 'md' }, { name: 'json' }] as const;

export const exportCommand: Details = {
  usage: 'DIR --format (csv|md|json)',
  options: [
    { name: 'format', value: 'NAME', description: 'csv (default), md or json' },
    pluginOption,
  ],
  examples: [['export reports/example --format md', 'for an issue or a specification']],
  async run(words, io) {
    const directory = onlyPositional(words, 'DIR');
    const format = findMember('format', FORMATS, words.text('format') ?? 'csv').name;
    checkMeasured(directory);
    io.out(await exportRun(directory, format, noteTo(io)));
    return EXIT['fine']!;
  },
};
